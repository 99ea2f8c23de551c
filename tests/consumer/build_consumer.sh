#!/usr/bin/env bash
# Install, then build and run a C program against what was installed: by CMake, and by pkg-config.
#   run.sh BUILD_FOLDER C_COMPILER [FLAG...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1
compiler=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" >/dev/null
[ "$("$work/prefix/bin/mcpi" --version | head -n 1)" = "mcpi $(sed -n 's/^#define MCPI_VERSION "\(.*\)"/\1/p' "$here/../../include/mcpi/mcpi.h")" ]

cmake -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_COMPILER="$compiler" \
    -DCMAKE_C_FLAGS="$*" >/dev/null
cmake --build "$work/build" >/dev/null
"$work/build/consumer"
"$work/build/consumer" "$(sed -n 's/^WORKER:.*=//p' "$work/build/CMakeCache.txt")"

PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name mcpi.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # flags are words
"$compiler" -std=c17 -Wall -Wextra -Werror -pedantic "$@" "$here/consumer.c" -o "$work/by-pkg-config" \
    $(pkg-config --static --cflags --libs mcpi)
"$work/by-pkg-config"
"$work/by-pkg-config" "$(pkg-config --variable=worker_program mcpi)"
