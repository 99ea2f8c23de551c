#!/usr/bin/env bash
# Two builds of the same sources by the same compiler install the same files. The folders have other names, and the second
# build has another time zone and umask. Debug information is on, because it would name the folders.
#   reproducible.sh SOURCE_FOLDER C_COMPILER GENERATOR
set -euo pipefail
source_folder=${1:?usage: reproducible.sh SOURCE_FOLDER C_COMPILER GENERATOR}
compiler=$2 generator=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A cache would return the objects of the first build to the second.
export CCACHE_DISABLE=1
unset CMAKE_C_COMPILER_LAUNCHER CFLAGS

# install_from SOURCES BUILD_FOLDER NAME: builds a copy of the sources, and installs it below NAME.
install_from() {
    mkdir -p "$1"
    tar -c --exclude=./build --exclude=./.git -C "$source_folder" . | tar -x --no-same-permissions -C "$1"
    cmake -S "$1" -B "$2" -G "$generator" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS=-g \
        -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_SHARED_LIBS=ON -DMCPI_CUDA=OFF -DMCPI_MPI=OFF -DMCPI_TESTS=OFF -DMCPI_BENCHMARKS=OFF
    cmake --build "$2" --parallel 2
    DESTDIR=$work/$3 cmake --install "$2"
}

# hashes NAME: of all installed files, in the order of their names.
hashes() { (cd "$work/$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }

install_from "$work/sources" "$work/build" one >"$work/log" 2>&1 || { tail -n 30 "$work/log" && exit 1; }
(umask 077 && TZ=Asia/Kolkata install_from "$work/other/place" "$work/other/place/build" two) >"$work/log" 2>&1 ||
    { tail -n 30 "$work/log" && exit 1; }

hashes one | tee "$work/one.hashes"
for name in bin/mcpi libexec/mcpi/mcpi-worker libmcpi.a libmcpi.so; do
    grep -qF "/$name" "$work/one.hashes" || { echo "$name was not installed" && exit 1; }
done
hashes two | diff "$work/one.hashes" - || { echo "the two builds differ" && exit 1; }
