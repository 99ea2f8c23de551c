#!/usr/bin/env bash
# Which CUDA toolkit a machine needs: the decisions of cuda/toolkit.sh for the output of tools on various machines. Needs no
# network and no GPU.
#   decide.sh SOURCE_FOLDER
set -euo pipefail
source_folder=${1:?usage: decide.sh SOURCE_FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=.ci/prepare.sh
. "$source_folder/.ci/prepare.sh"
root=$work/tree
mkdir -p "$root/build/release" "$work/bin"
# shellcheck source=cuda/toolkit.sh
. "$source_folder/cuda/toolkit.sh"

failures=0
expect() {
    [ "$2" = "$3" ] && return
    printf '%s: expected "%s", got "%s"\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}

expect "CUDA of nvidia-smi" 12 "$(echo '| NVIDIA-SMI 535.183.01   Driver Version: 535.183.01   CUDA Version: 12.2     |' | cuda_of_smi)"
expect "CUDA of a newer nvidia-smi" 13 "$(echo '| NVIDIA-SMI 595.1   KMD Version: 595.1   CUDA UMD Version: 13.2     |' | cuda_of_smi)"
expect "no CUDA in an error" "" "$(echo "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver." | cuda_of_smi)"

while read -r version cuda; do
    expect "CUDA of driver $version" "${cuda:-}" "$(cuda_of_driver "$version")"
done <<'END'
590.44.01 13
580.65.06 13
579.99 12
525.60.13 12
520.61.05 11
450.36.06 11
390.157
no
END
expect "CUDA of no driver" "" "$(cuda_of_driver "")"

expect "driver for 13" wheels "$(choose_toolkit 13 "")"
expect "driver for 13, apt has 12" wheels "$(choose_toolkit 13 12)"
expect "driver for 14" wheels "$(choose_toolkit 14 "")"
expect "driver for 12, apt has 12" apt "$(choose_toolkit 12 12)"
expect "driver for 12, apt has 11" apt "$(choose_toolkit 12 11)"
expect "driver for 12, apt has 13" none "$(choose_toolkit 12 13)"
expect "driver for 12, apt has none" none "$(choose_toolkit 12 "")"
expect "driver for 11, apt has 12" none "$(choose_toolkit 11 12)"
expect "driver unknown" none "$(choose_toolkit "" 12)"

# stub NAME BODY: a program in PATH.
stub() {
    printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}
# on_machine COMMAND...: with the stubs, without this machine's CUDA.
on_machine() (
    PATH=$work/bin:/usr/bin:/bin
    unset CUDACXX CUDA_HOME CUDA_PATH
    "$@"
)
# What a run of fetch_toolkit would fetch; nothing is fetched.
# shellcheck disable=SC2317 # they are called by fetch_toolkit
fetched() (
    find_nvcc() { return 1; }
    apt_cuda() { echo "${apt:-}"; }
    fetch_into() { echo "$3 for CUDA $2 into ${1#"$root"/}"; }
    on_machine fetch_toolkit 2>"$work/said"
)

stub nvidia-smi 'case $* in -L) echo "GPU 0: NVIDIA A100 (UUID: GPU-1)" ;; --query*) echo 580.65.06 ;; *) echo "| CUDA Version: 13.0 |" ;; esac'
expect "driver version" 580.65.06 "$(on_machine driver_version)"
expect "a driver for 13" "wheels for CUDA 13 into build/cuda" "$(fetched)"
expect "forbidden" "" "$(MCPI_FETCH_CUDA=0 fetched)"
expect "forbidden, said" 1 "$(grep -c 'MCPI_FETCH_CUDA=0 prevents' "$work/said")"
echo 'MCPI_CUDA:STRING=OFF' >"$root/build/release/CMakeCache.txt"
expect "CUDA is OFF" "" "$(fetched)"
rm "$root/build/release/CMakeCache.txt"

stub nvidia-smi 'case $* in -L) echo "GPU 0: Tesla T4" ;; --query*) echo 535.183.01 ;; *) exit 9 ;; esac'
expect "a driver for 12, apt has 11" "apt for CUDA 12 into build/cuda" "$(apt=11 fetched)"
expect "a driver for 12, apt has 13" "" "$(apt=13 fetched)"
expect "that is said" 1 "$(grep -c 'Its driver supports CUDA 12: install' "$work/said")"

stub nvidia-smi 'case $* in -L) echo "No devices found." ;; esac'
expect "nvidia-smi without a GPU" "" "$(fetched)"
expect "that is not worth a word" "" "$(cat "$work/said")"

# Where nvcc is, and how it is told that it has changed.
rm -f "$work/bin/nvcc"
mkdir -p "$toolkit/bin"
stub nvcc ''
expect "nvcc in PATH" "$work/bin/nvcc" "$(on_machine find_nvcc)"
before=$(on_machine toolkit_identity)
stub nvcc 'echo newer'
[ "$before" != "$(on_machine toolkit_identity)" ] || expect "identity of another nvcc" "another line" "$before"
if [ ! -e /usr/local/cuda/bin/nvcc ]; then
    mv "$work/bin/nvcc" "$toolkit/bin"
    expect "nvcc that was fetched" "$toolkit/bin/nvcc" "$(on_machine find_nvcc)"
fi

# The first error of each kind of log.
error_of() { printf '%s\n' "$@" >"$work/log" && first_error "$work/log"; }
expect "an error of nvcc" "cuda/count.cu(12): error: identifier \"x\" is undefined" \
    "$(error_of '[1/2] Building' 'FAILED: count.cu.o' 'nvcc -Xcompiler=-Werror -c count.cu' 'cuda/count.cu(12): error: identifier "x" is undefined' '' 'x')"
expect "an error of the preprocessor" "host_config.h:132:2: error: #error -- unsupported GNU version!" \
    "$(error_of 'a' 'host_config.h:132:2: error: #error -- unsupported GNU version!')"
expect "a fatal one" "nvcc fatal : Unsupported gpu architecture 'compute_110'" \
    "$(error_of 'x' "nvcc fatal   : Unsupported gpu architecture 'compute_110'")"
expect "an error of CMake" "CMake Error at a.cmake:3 (message): No CUDA." \
    "$(error_of '-- x' 'CMake Error at a.cmake:3 (message):' '  No CUDA.' '')"

printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ]
