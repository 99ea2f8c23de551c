# shellcheck shell=bash
# The CUDA toolkit of a build: find it, fetch it if the machine has a GPU but no toolkit, and build without it if it fails.
# Sourced behind .ci/prepare.sh by ./mcpi and tests/toolkits/.

# shellcheck disable=SC2154 # root comes from prepare.sh
toolkit=$root/build/cuda/toolkit # what was fetched; cuda/FindNvcc.cmake looks here last

# find_nvcc: the path of the nvcc that cuda/FindNvcc.cmake will find.
find_nvcc() {
    local folder found
    if [ -n "${CUDACXX:-}" ]; then
        command -v "$CUDACXX"
        return
    fi
    found=$(command -v nvcc) || true
    if [ -x "$found" ]; then # bash also names files that cannot be executed
        printf '%s\n' "$found"
        return
    fi
    for folder in "${CUDA_HOME:-}" "${CUDA_PATH:-}" /usr/local/cuda "$toolkit"; do
        if [ -x "$folder/bin/nvcc" ]; then
            printf '%s\n' "$folder/bin/nvcc"
            return
        fi
    done
    return 1
}

# toolkit_identity: a line that changes with the toolkit.
toolkit_identity() {
    local nvcc
    if nvcc=$(find_nvcc); then stat -L -c '%n %s %Y' "$nvcc"; else echo none; fi
}

# --- which toolkit serves this machine -------------------------------------------------------------------------------

# cuda_of_smi: the major version of CUDA in the output of nvidia-smi, read from standard input; empty if it has none.
cuda_of_smi() { sed -n 's/.*CUDA[A-Z ]* Version *: *\([0-9][0-9]*\)\..*/\1/p' | head -n 1; }

# cuda_of_driver VERSION: the newest major version of CUDA that this driver supports, by NVIDIA's table of minor version
# compatibility; empty for an older driver.
cuda_of_driver() {
    local major=${1%%.*}
    case $major in '' | *[!0-9]*) return ;; esac
    if [ "$major" -ge 580 ]; then
        echo 13
    elif [ "$major" -ge 525 ]; then
        echo 12
    elif [ "$major" -ge 450 ]; then
        echo 11
    fi
}

# libcuda_path: the path of the driver's library; empty if it is not found.
libcuda_path() {
    { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | sed -n 's/.*libcuda\.so\.1 .*=> //p' | head -n 1
}

# driver_version: the version of the NVIDIA driver, such as 535.183.01; empty if it is not found.
driver_version() {
    local found
    found=$(timeout 20 nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1) || true
    if [ -z "$found" ] && [ -r /proc/driver/nvidia/version ]; then
        found=$(grep -o -m 1 ' [0-9]\+\.[0-9.]\+ ' /proc/driver/nvidia/version | head -n 1 | tr -d ' ')
    fi
    if [ -z "$found" ] && [ -n "$(libcuda_path)" ]; then
        found=$(readlink -f "$(libcuda_path)")
        found=${found##*libcuda.so.}
    fi
    case $found in [0-9]*.*) printf '%s\n' "$found" ;; esac
}

# driver_cuda: the newest major version of CUDA that this machine's driver supports; empty if unknown.
driver_cuda() {
    local found
    found=$(timeout 20 nvidia-smi 2>/dev/null | cuda_of_smi) || true
    printf '%s' "${found:-$(cuda_of_driver "$(driver_version)")}"
}

# has_gpu: whether this machine has an NVIDIA GPU and a driver, by nvidia-smi if it is installed.
has_gpu() {
    if command -v nvidia-smi >/dev/null; then
        timeout 20 nvidia-smi -L 2>/dev/null | grep -q '^GPU '
    else
        [ -e /proc/driver/nvidia/version ] || [ -n "$(libcuda_path)" ]
    fi
}

# apt_cuda: the major version of CUDA that apt offers; empty if it offers none.
apt_cuda() {
    command -v apt-cache >/dev/null || return 0
    LC_ALL=C apt-cache policy nvidia-cuda-toolkit 2>/dev/null | sed -n 's/ *Candidate: \([0-9]*\)\..*/\1/p'
}

# choose_toolkit DRIVER APT: which toolkit to fetch, from the major versions of CUDA that the driver supports and that apt
# offers: "wheels", "apt" or "none". A driver supports all minor versions of its own major version, and older major ones. The
# wheels of CUDA 12 and older contain no nvcc.
choose_toolkit() {
    if [ -z "$1" ]; then
        echo none
    elif [ "$1" -ge 13 ]; then
        echo wheels
    elif [ -n "$2" ] && [ "$2" -le "$1" ]; then
        echo apt
    else
        echo none
    fi
}

# --- fetching it -----------------------------------------------------------------------------------------------------

# find_pip FOLDER: sets `pip` to a command. If python3 has no pip, it uses a virtual environment in FOLDER.
find_pip() {
    pip=(python3 -m pip)
    "${pip[@]}" --version >/dev/null 2>&1 && return
    pip=("$1/bin/python3" -m pip)
    "${pip[@]}" --version >/dev/null 2>&1 && return
    python3 -m venv "$1" >/dev/null 2>&1 && return
    say "fetching the CUDA compiler needs pip (Debian calls it: python3-venv)"
    return 1
}

# fetch_wheels FOLDER MAJOR: NVIDIA's wheels of the newest CUDA up to this major version; nvcc is in FOLDER/toolkit/bin.
fetch_wheels() {
    local folder=$1 pip nvcc
    rm -rf "$folder"
    mkdir -p "$folder"
    find_pip "$folder/python" || return
    "${pip[@]}" install -q --no-user --no-compile --only-binary :all: --retries 2 --target "$folder/wheels" \
        "cuda-toolkit[nvcc,cudart,cccl,curand,profiler,nvtx]>=13,<$(($2 + 1))" >"$folder/log" 2>&1 || return
    nvcc=$(cd "$folder" && find wheels/nvidia -path '*/bin/nvcc' | head -n 1)
    [ -n "$nvcc" ] && ln -s "${nvcc%/bin/nvcc}" "$folder/toolkit" && "$folder/toolkit/bin/nvcc" --version >/dev/null
}

# arrange_debian FOLDER: put the files that Debian spreads over /usr into the layout of NVIDIA's installer.
arrange_debian() {
    local folder=$1 usr=$1/usr nvcc=$1/usr/lib/nvidia-cuda-toolkit file
    mkdir -p "$folder/toolkit/nvvm/bin"
    mv "$nvcc/bin" "$folder/toolkit/bin"
    rm -f "$usr/bin/nvcc"
    for file in "$usr"/bin/*; do mv -f "$file" "$folder/toolkit/bin"; done
    mv "$folder/toolkit/bin/cicc" "$folder/toolkit/nvvm/bin"
    ln -s ../../usr/lib/nvidia-cuda-toolkit/libdevice "$folder/toolkit/nvvm/libdevice"
    ln -s ../usr/include "$folder/toolkit/include"
    ln -s "../usr/lib/$(basename "$(dirname "$(find "$usr/lib" -name libcudart_static.a)")")" "$folder/toolkit/lib64"
    rm -f "$folder/toolkit/bin/nvcc.profile"
    cat >"$folder/toolkit/bin/nvcc.profile" <<'END'
TOP = $(_HERE_)/..
NVVMIR_LIBRARY_DIR = $(TOP)/nvvm/libdevice
PATH += $(TOP)/nvvm/bin:$(_HERE_):
INCLUDES += "-I$(TOP)/include" $(_SPACE_)
LIBRARIES =+ $(_SPACE_) "-L$(TOP)/lib64"
END
}

# fetch_debian FOLDER [APT OPTION...]: the distribution's toolkit, unpacked and not installed; nvcc is in FOLDER/toolkit/bin.
# Keeps only headers and the runtime of nvidia-cuda-dev, by far the largest package.
fetch_debian() {
    local folder=$1 package
    shift
    rm -rf "$folder"
    mkdir -p "$folder/packages"
    (cd "$folder/packages" && apt-get -q "$@" download nvidia-cuda-toolkit nvidia-cuda-dev) >"$folder/log" 2>&1 || return
    for package in libcub-dev libthrust-dev libcu++-dev; do # releases differ in which of them there are
        (cd "$folder/packages" && apt-get -q "$@" download "$package") >>"$folder/log" 2>&1 || true
    done
    for package in "$folder"/packages/*.deb; do
        case $package in
        */nvidia-cuda-dev_*)
            dpkg --fsys-tarfile "$package" | tar -x -C "$folder" --wildcards './usr/include/*' './usr/lib/*/libcudart*'
            ;;
        *) dpkg -x "$package" "$folder" ;;
        esac || return
    done
    rm -rf "$folder/packages"
    arrange_debian "$folder" && "$folder/toolkit/bin/nvcc" --version >/dev/null
}

# name_host_compiler: each version of nvcc has a newest gcc. nvcc accepts the first one that Debian's toolkit names.
name_host_compiler() {
    local package
    package=$(apt-cache show nvidia-cuda-toolkit 2>/dev/null | grep -o -m 1 'g++-[0-9]\+' | head -n 1) || true
    [ -z "$package" ] || have_package "$package" || say "if nvcc refuses the compilers that are here, install $package"
}

# fetch_once FOLDER DRIVER WHAT: fetch_into, unless another ./mcpi has just done it.
fetch_once() (
    mkdir -p "$root/build"
    exec 8>"$root/build/cuda.lock"
    if command -v flock >/dev/null; then flock 8; fi
    find_nvcc >/dev/null || fetch_into "$@"
)

# fetch_into FOLDER DRIVER WHAT: prints one line before and, if it fails, one after.
fetch_into() {
    local folder=$1 code=0
    case $3 in
    wheels)
        say "this GPU needs a CUDA compiler, and there is none: fetching NVIDIA's (200 MB, 450 MB unpacked) into $folder," \
            "for this checkout only; MCPI_FETCH_CUDA=0 forbids it"
        fetch_wheels "$folder" "$2" || code=$?
        ;;
    apt)
        say "this GPU needs a CUDA compiler, and there is none: fetching the distribution's (1 GB, 250 MB unpacked) into" \
            "$folder, for this checkout only; MCPI_FETCH_CUDA=0 forbids it"
        fetch_debian "$folder" || code=$?
        [ "$code" -ne 0 ] || name_host_compiler
        ;;
    esac
    [ "$code" -ne 0 ] || return 0
    rm -rf "$folder/toolkit"
    grep -m 1 -E '^(ERROR|E):' "$folder/log" >&2 2>/dev/null || true
    say "could not fetch the CUDA compiler (is there a network?); the log is $folder/log. Going on without the GPU;" \
        "'MCPI_FETCH_CUDA=1 ./mcpi' tries again, and so does ./mcpi once nvcc is installed"
    return 1
}

# fetch_toolkit: if this machine has a GPU but no nvcc, fetch one that its driver supports.
fetch_toolkit() {
    local driver what
    if find_nvcc >/dev/null || [ "$(cached MCPI_CUDA)" = OFF ] || ! has_gpu; then return 0; fi
    if [ "${MCPI_FETCH_CUDA:-1}" = 0 ]; then
        say "this machine has a GPU and no nvcc, and MCPI_FETCH_CUDA=0 forbids fetching it: going on without the GPU"
        return 0
    fi
    driver=$(driver_cuda)
    what=$(choose_toolkit "$driver" "$(apt_cuda)")
    if [ "$what" = none ]; then
        say "this machine has a GPU and no nvcc. Its driver serves CUDA ${driver:-of an unknown version}: install a CUDA" \
            "toolkit for it, or a driver for CUDA 13 (580 or newer). Going on without the GPU"
        return 0
    fi
    fetch_once "$(dirname "$toolkit")" "$driver" "$what" || true
}

# --- building with it, or without ------------------------------------------------------------------------------------

state_file=$root/build/release/cuda-state # "with" or "without", and the toolkit_identity of the last build

# toolkit_changed: whether a build without CUDA should be tried again.
toolkit_changed() {
    local state identity
    { read -r state identity <"$state_file"; } 2>/dev/null || return
    [ "$state" = without ] || return
    [ "$identity" != "$(toolkit_identity)" ] || { [ "$identity" = none ] && [ "${MCPI_FETCH_CUDA:-}" = 1 ]; }
}

# first_error LOG: its first error, one line of at most 160 characters; of CMake's, which takes several, with the text.
first_error() {
    awk 'found && NF == 0 { exit }
         found { printf " %s", $0; next }
         /(^|[^A-Za-z0-9_-])([Ee]rror|ERROR|fatal)([^A-Za-z0-9_]|$)/ { printf "%s", $0; if (!/^CMake Error/) exit; found = 1 }
         END { print "" }' "$1" | tr -s ' ' | cut -c 1-160
}

# cached NAME: a CMake variable of the release build.
cached() { cached_of release "$1"; }

# forget_toolkit: remove what CMake has cached about a toolkit that has changed or is gone.
forget_toolkit() {
    local identity
    { read -r _ identity <"$state_file"; } 2>/dev/null || return 0
    [ "$identity" != "$(toolkit_identity)" ] || return 0
    rm -rf "$root"/build/release/CMakeFiles/*/CMakeCUDACompiler.cmake
    forget=(-U 'CMAKE_CUDA_COMPILER*' -U CMAKE_CUDA_HOST_COMPILER -U 'CUDA_*' -U 'CUDAToolkit_*' -U MCPI_NVCC
        -U MCPI_NVTX_INCLUDE)
}

# build_without_cuda: build again without CUDA after a build with it failed. If CUDA was not the reason, this fails as well.
build_without_cuda() {
    local folder=$root/build/release error
    mv "$folder/build.log" "$folder/cuda.log"
    error=$(first_error "$folder/cuda.log")
    try_build release mcpi -D "MCPI_CUDA_BROKEN=its CUDA part did not compile: $error" || give_up mcpi "$folder/cuda.log"
    say "the CUDA part did not compile: $error"
    say "going on without the GPU; the log is $folder/cuda.log. ./mcpi tries again when a source or the toolkit changes"
}

# report_refusal: say that the build does not use the CUDA toolkit of this machine.
report_refusal() {
    local log=$root/build/release/build.log reason
    find_nvcc >/dev/null || return 0
    reason=$(sed -n 's/^-- mcpi: no CUDA backend: //p' "$log")
    [ -z "$reason" ] || say "going on without the GPU: $reason; the log is $log"
}

# build_mcpi: build the program, with the CUDA backend if a toolkit works.
build_mcpi() {
    local forget=() state=without log=$root/build/release/build.log
    forget_toolkit
    if try_build release mcpi "${forget[@]}"; then
        if grep -q '^-- mcpi: CUDA backend for' "$log"; then state=with; else report_refusal; fi
    elif find_nvcc >/dev/null && [ "$(cached MCPI_CUDA)" != ON ] && [ "$(cached MCPI_CUDA)" != OFF ]; then
        build_without_cuda
    else
        give_up mcpi "$log"
    fi
    printf '%s %s\n' "$state" "$(toolkit_identity)" >"$state_file"
}
