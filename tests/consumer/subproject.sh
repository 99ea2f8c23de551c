#!/usr/bin/env bash
# mcpi as a part of another project, by add_subdirectory and by FetchContent: mcpi::mcpi is there, and nothing else of mcpi is
# built, tested or installed, and no setting of the project changes.
#   subproject.sh C_COMPILER [CMAKE ARGUMENT...]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
compiler=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    printf '%s\n' "$*"
    failures=$((failures + 1))
}

# expect_nothing WHAT TEXT: the text is empty.
expect_nothing() { [ -z "$2" ] || fail "$1:" $'\n'"$2"; }

# try NAME [CMAKE ARGUMENT...]
try() {
    local build=$work/$1
    shift
    {
        cmake -S "$root/tests/consumer/parent" -B "$build" -DMCPI_SOURCE="$root" -DCMAKE_C_COMPILER="$compiler" "$@" &&
            cmake --build "$build" --parallel 2
    } >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
    "$build/parent" || fail "parent: exit code $?"
    ctest --test-dir "$build" -N | grep -q '^Total Tests: 0$' || fail "the project has tests of mcpi"
    cmake --install "$build" --prefix "$work/prefix" >/dev/null
    expect_nothing "installed" "$(find "$work/prefix" ! -type d ! -path "$work/prefix/bin/parent")"
    expect_nothing "built" "$(find "$build" ! -path '*/CMakeFiles/*' -type f -executable ! -name parent ! -name 'libmcpi.so*')"
    expect_nothing "written" "$(find "$build" -name compile_commands.json)"
    expect_nothing "settings changed" "$(sed -nE '/^(CMAKE_BUILD_TYPE|CMAKE_C_FLAGS):[A-Z]*=./p' "$build/CMakeCache.txt")"
}

try added -DMCPI_CUDA=OFF "$@"
expect_nothing "settings changed" "$(sed -n '/^BUILD_SHARED_LIBS:/p' "$work/added/CMakeCache.txt")"
try fetched -DMCPI_CUDA=OFF -DFETCH=ON -DBUILD_SHARED_LIBS=ON "$@"
case $(readelf -d "$work/fetched/parent") in *libmcpi.so.*) ;; *) fail "BUILD_SHARED_LIBS of the project is ignored" ;; esac
printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ]
