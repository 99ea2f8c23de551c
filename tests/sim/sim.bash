# shellcheck shell=bash
# Sourced by the cases: the whole program on simulated GPUs. SIMCUDA names the simulator's command, NVCC the compiler.
# A case that starts without them is skipped, so that --update does not write down what it says then.
if [ -z "${SIMCUDA:-}" ] || [ -z "${NVCC:-}" ]; then echo "SIMCUDA or NVCC is not set"; exit 77; fi

# sim OPTION... -- ARGUMENT...: run mcpi so. The simulator takes long over FP64 rounded toward zero, so these GPUs have
# slow FP64; tests/gpu/ is about the kernel that needs it.
sim() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    "$SIMCUDA" --preload --fp64-ratio 64 "${options[@]}" -- "$(command -v mcpi)" "$@"
}

field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }

# The preferred kernel with a wrong multiplier, as wrong.ptx: what it counts adds up. Skips the case without nvcc.
make_liar() {
    local source=$CASES/../.. hashes='[0-9a-f]{8}_12_fp32_test_cu_[0-9a-f]{8}' right
    "$NVCC" --version >/dev/null 2>&1 || { echo "no nvcc"; exit 77; }
    "$NVCC" -ptx -arch=compute_75 -std=c++17 -I"$source" -I"$source/include" -I"$source/host" -o right.ptx \
        "$source/cuda/kernels/fp32_test.cu"
    # nvcc puts hashes of the file's whereabouts into the kernel's name.
    right=$(grep -aoE "$hashes" "$(readlink -f "$(command -v mcpi)")" | head -n 1)
    sed -E "s/$hashes/$right/g; s/-845247145/-845247141/" right.ptx >wrong.ptx
    # The simulator compiles a kernel when it is first launched, in which time the CPU would count everything.
    sim --ptx wrong.ptx -- -d gpu -n 1 >/dev/null 2>&1 || true
}
