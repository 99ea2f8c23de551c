# shellcheck shell=bash
# Sourced by the cases: the whole program on simulated GPUs. SIMCUDA names the simulator's command.

# sim OPTION... -- ARGUMENT...: run mcpi so.
sim() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    "${SIMCUDA:?}" --preload "${options[@]}" -- "$(command -v mcpi)" "$@"
}

field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }

# A kernel that is wrong in one place, a multiplier, as wrong.ptx: what it counts adds up. Skips the case without nvcc.
make_liar() {
    local source=$CASES/../.. kernel
    "${NVCC:?}" --version >/dev/null 2>&1 || { echo "no nvcc"; exit 77; }
    "$NVCC" -ptx -arch=compute_75 -std=c++17 -I"$source" -I"$source/include" -o right.ptx "$source/cuda/count.cu"
    # nvcc puts a hash of the file's whereabouts into the kernel's name.
    kernel=$(grep -aoE '_ZN[0-9]+_GLOBAL__N__\w+count_slices\w+' "$(readlink -f "$(command -v mcpi)")" | head -n 1)
    sed -E "s/_ZN[0-9]+_GLOBAL__N__\w+count_slices\w+/$kernel/; 0,/-845247145/s//-845247141/" right.ptx >wrong.ptx
}
