#!/usr/bin/env bash
# ./mcpi on a machine with a CUDA toolkit that does not work: it says why, counts on the CPU, and does not try again before
# something has changed. The test uses a copy of the sources and a fake nvcc.
#   broken_toolkit.sh SOURCE_FOLDER
set -euo pipefail
source_folder=${1:?usage: broken.sh SOURCE_FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree" "$work/bin"
tar -c --exclude=./build --exclude=./.git -C "$source_folder" . | tar -x -C "$work/tree"
cd "$work/tree"
sed -i '0,/"cacheVariables": {[^}]*}/s//"cacheVariables": {"MCPI_TESTS": "OFF", "MCPI_BENCHMARKS": "OFF", "MCPI_MPI": "OFF"}/' CMakePresets.json
export MCPI_FETCH_CUDA=0
unset CUDACXX CUDA_HOME CUDA_PATH

failures=0
expect() {
    [ "$2" = "$3" ] && return
    printf '%s: expected "%s", got "%s"\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}
# says NAME WORDS: what ./mcpi said to standard error has these words, once.
says() { [ "$(grep -c -- "$2" "$work/err")" = 1 ] || expect "$1" "$2" "$(cat "$work/err")"; }
# nvcc_is BODY: the fake nvcc.
nvcc_is() {
    printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/nvcc"
    chmod +x "$work/bin/nvcc"
}
run() { PATH=$work/bin:$PATH ./mcpi "$@" 2>"$work/err"; }
# build: ./mcpi, where it has to build.
build() { run --version >"$work/out" || { cat "$work/err" && exit 1; }; }
# expect_cpu_only REASON: it counts, has no GPU, says why, and does not build again.
expect_cpu_only() {
    local code=0 said
    said=$(run -q -d cpu -n 1e6 --json) || code=$?
    expect "exit code of a count on the CPU" 0 "$code"
    case $said in *785850*) ;; *) expect "count of a million darts" 785850 "$said" ;; esac
    expect "said a second time" "" "$(cat "$work/err")"
    code=0
    run -d gpu -n 1e6 >"$work/out" || code=$?
    expect "exit code of -d gpu" 4 "$code"
    run devices | grep -q "^gpu .*$1" || expect "devices" "$1" "$(run devices)"
}

# It fails CMake's check of the compiler.
nvcc_is 'echo "nvcc fatal   : no license for this machine"; exit 1'
build
says "an nvcc that does not work" "continuing without the GPU: .*no license for this machine"
says "its log" "the log is .*/build/release/"
expect_cpu_only "no license for this machine"

# It passes the check, then does not compile the kernels. This takes a real one.
real=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || true)
if [ -z "$real" ]; then
    printf 'skipped: the second half needs nvcc\n%d failures\n' "$failures"
    [ "$failures" -eq 0 ] && exit 77
    exit 1
fi
refuse='case $* in *.cu.o*mcpi_cuda*|*mcpi_cuda*.cu.o*) echo "cub.cuh(7): error: this compiler knows no cub"; exit 2 ;; esac'
nvcc_is "$refuse
exec $real \"\$@\""
export CUDAARCHS=75-virtual
build
says "another nvcc is another try" "rebuilding"
says "the first error" "did not compile: cub.cuh(7): error: this compiler knows no cub"
says "its log" "the log is .*/build/release/cuda.log"
grep -q "knows no cub" build/release/cuda.log || expect "cuda.log" "knows no cub" "$(tail -n 3 build/release/cuda.log)"
expect_cpu_only "its CUDA part did not compile: cub.cuh(7): error"

# A source that is newer is another try, said once more.
sleep 0.01
touch host/mcpi.c
build
says "a newer source" "did not compile: cub.cuh(7)"
expect_cpu_only "its CUDA part did not compile"

# One that works again is found, without a word about the old one.
nvcc_is "exec $real \"\$@\""
build
says "a toolkit that works" "rebuilding"
! grep -q "without the GPU" "$work/err" || expect "a toolkit that works" "nothing about the GPU" "$(cat "$work/err")"
! run devices | grep -q "no CUDA backend" || expect "a toolkit that works" "the backend" "$(run devices)"

# What fails is not CUDA: then that is the failure.
nvcc_is "$refuse
exec $real \"\$@\""
echo 'int main(void) { return mistake; }' >>host/mcpi.c
code=0
run --version >"$work/out" || code=$?
expect "exit code of a failed build" 1 "$code"
says "a failed build" "building mcpi failed; "

printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ]
