#!/usr/bin/env bash
# cmake --install installs what was built, and of the library's files only what is of use. The target uninstall removes it.
#   install_parts.sh BUILD_FOLDER C_COMPILER
# The programs and libraries come from that folder. They are put, one after the other, into a folder that is only configured.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
compiler=$2
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

cmake -S "$root" -B "$work/build" -DCMAKE_C_COMPILER="$compiler" -DMCPI_CUDA=OFF -DMCPI_TESTS=OFF -DMCPI_BENCHMARKS=OFF \
    -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_LIBDIR=lib >/dev/null

# build FILE...: as if they had just been built.
build() { cp -a --parents "$@" "$work/build"; }

# expect [FILE...]: what is installed in all, without documentation, units and scripts.
expect() {
    rm -rf "$work/prefix"
    mkdir "$work/prefix"
    cmake --install "$work/build" --prefix "$work/prefix" >"$work/log" 2>&1 || { cat "$work/log" && failures=$((failures + 1)); }
    (cd "$work/prefix" && find . ! -type d ! -path './share/*' ! -path './lib/systemd/*' ! -name mcpi-node-check -printf '%P\n' | sort) >"$work/found"
    diff --label expected --label installed <(printf '%s\n' "$@" | sort | grep .) "$work/found" || failures=$((failures + 1))
}

development=(include/mcpi/dart.h include/mcpi/mcpi.h include/mcpi/stress.h lib/pkgconfig/mcpi.pc
    lib/cmake/mcpi/mcpi-config-version.cmake lib/cmake/mcpi/mcpi-config.cmake)
shared=(libmcpi.so "$(readlink host/library/libmcpi.so)" "$(basename "$(readlink -f host/library/libmcpi.so)")")

expect
build mcpi
expect bin/mcpi
build host/library/libmcpi.a
expect bin/mcpi "${development[@]}" lib/libmcpi.a
build mcpi-worker "${shared[@]/#/host/library/}"
expect bin/mcpi "${development[@]}" lib/libmcpi.a "${shared[@]/#/lib/}" libexec/mcpi/mcpi-worker

# uninstall: its output is in the log.
uninstall() { cmake --build "$work/build" --target uninstall >"$work/log" 2>&1; }

# says TEXT
says() {
    grep -qF "$1" "$work/log" && return
    printf 'uninstall does not say "%s":\n%s\n' "$1" "$(cat "$work/log")"
    failures=$((failures + 1))
}

# What others have put there stays, and what is gone is reported.
cmake --install "$work/build" --prefix "$work/prefix" --component library >/dev/null
touch "$work/prefix/lib/other" "$work/prefix/include/mcpi/other.h"
rm "$work/prefix/bin/mcpi"
uninstall || failures=$((failures + 1))
says "missing: $work/prefix/bin/mcpi"
says "removed: $work/prefix/lib/libmcpi.a"
diff <(cd "$work/prefix" && find . -mindepth 1 -printf '%P\n' | sort) \
    <(printf '%s\n' include include/mcpi include/mcpi/other.h lib lib/other) || failures=$((failures + 1))
if uninstall; then says "a failure the second time"; fi
says "nothing to uninstall"

# A prefix may be relative.
(cd "$work" && cmake --install build --prefix relative/prefix >/dev/null)
uninstall || failures=$((failures + 1))
[ ! -e "$work/relative/prefix" ] || { echo "uninstall left $(find "$work/relative/prefix")" && failures=$((failures + 1)); }

printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ]
