#!/usr/bin/env bash
# Install, move the installed tree, then build and run a C program against it: by CMake and by pkg-config, with the shared
# library and with the archive.
#   build_consumer.sh BUILD_FOLDER C_COMPILER [FLAG...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1
compiler=$2
shift 2
flags=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# cached NAME: a variable of that build.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }

# The toolkit that mcpi was built with need not be where CMake and pkg-config look.
cuda_for_cmake=() cuda_for_pkg_config=()
runtime=$(cached CUDA_cudart_static_LIBRARY)
if [ -n "$runtime" ]; then
    nvcc=$(cached CMAKE_CUDA_COMPILER)
    cuda_for_cmake=(-DCUDAToolkit_ROOT="${nvcc%/bin/*}" -DCUDA_CUDART="$(cached CUDA_CUDART)" -DCUDA_cudart_static_LIBRARY="$runtime")
    cuda_for_pkg_config=(--define-variable=cudalibdir="$(dirname "$runtime")")
fi

# records: the files that tell the target uninstall what to remove. This test puts back those of earlier installations.
records() { find "$build" -maxdepth 1 \( -name 'install_manifest*.txt' -o -name installed_prefix \) "$@"; }

mkdir "$work/records"
records -exec cp -a {} "$work/records" \;
cmake --install "$build" --prefix "$work/installed" >/dev/null
# The shared library too, if it is not part of a full installation.
for component in library development; do cmake --install "$build" --prefix "$work/installed" --component "$component" >/dev/null; done
records -delete
cp -a "$work/records/." "$build"
prefix=$work/elsewhere/prefix
mkdir "$work/elsewhere"
mv "$work/installed" "$prefix"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name mcpi.pc)")
lib=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH
[ "$("$prefix/bin/mcpi" --version | head -n 1)" = "mcpi $(pkg-config --modversion mcpi)" ]
worker=$(readlink -f "$prefix/libexec/mcpi/mcpi-worker")

# The only absolute path is one that the user can change.
if grep -rnE '(^|[^}a-zA-Z0-9_.])/[a-zA-Z]+' "$lib/pkgconfig" "$lib/cmake" | grep -vE '^[^:]*:[0-9]+:(#|cudalibdir=)'; then
    echo "these files have absolute paths"
    exit 1
fi

# try PROGRAM [WORKER]: it counts in threads, in workers that it names, and in those that the library finds.
try() {
    "$1" "${@:2}" || { echo "$1 ${*:2}: $?" && exit 1; }
}

# by_cmake KIND: mcpi::mcpi is the library of that kind, and so is mcpi::KIND.
by_cmake() {
    local folder=$work/build-$1 named
    cmake -S "$here" -B "$folder" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_C_FLAGS="${flags[*]}" \
        "${cuda_for_cmake[@]}" >/dev/null
    cmake --build "$folder" >/dev/null
    named=$(sed -n 's/^WORKER:.*=//p' "$folder/CMakeCache.txt")
    [ "$named" -ef "$worker" ]
    for program in consumer "consumer_$1"; do
        try "$folder/$program"
        try "$folder/$program" "$named"
        expect_kind "$1" "$folder/$program"
    done
}

# by_pkg_config KIND [OPTION]
by_pkg_config() {
    local program=$work/by-pkg-config-$1
    # shellcheck disable=SC2046 # flags are words
    "$compiler" -std=c17 -Wall -Wextra -Werror -pedantic "${flags[@]}" "$here/consumer.c" -o "$program" \
        $(pkg-config "${@:2}" "${cuda_for_pkg_config[@]}" --cflags --libs mcpi)
    expect_kind "$1" "$program"
    try "$program"
    try "$program" "$(pkg-config --variable=worker_program mcpi)"
}

# expect_kind KIND PROGRAM
expect_kind() {
    local linked=static
    case $(readelf -d "$2") in *libmcpi.so.*) linked=shared ;; esac
    [ "$linked" = "$1" ] || { echo "$2 is linked $linked" && exit 1; }
}

export LD_LIBRARY_PATH=$lib # for programs that are linked by pkg-config
by_cmake shared
by_pkg_config shared
try "$work/by-pkg-config-shared" installed # not where it was configured to be
"$work/build-shared/consumer_static" >/dev/null
rm "$lib"/libmcpi.so*
by_cmake static
by_pkg_config static --static
