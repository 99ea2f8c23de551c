# The acceptance of a GPU, with a simulated one: stand-ins for the tools that know only real ones, and for the build.
mkdir -p bin build/benchmarks/gpu
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod +x "$1"; }
stand_in build/mcpi "exec '$SIMCUDA' --preload -- '$(readlink -f "$(command -v mcpi)")' \"\$@\""
stand_in build/benchmarks/gpu/bench_ladder "exec '$SIMCUDA' -- '$LADDER' \"\$@\""
stand_in build/benchmarks/gpu/bench_roofline "exec '$SIMCUDA' -- '$ROOFLINE' \"\$@\""
stand_in build/benchmarks/gpu/bare_context "exec '$SIMCUDA' -- '$BARE_CONTEXT'"
stand_in bin/nvidia-smi 'case $* in *name*) echo "Simulated GPU 0, 1.2, 3, 4, 5, 6, 7" ;; *) echo 8 ;; esac'
stand_in bin/cmake 'case $* in *release*|*bench_ladder*) ;; *) exit 1 ;; esac'
stand_in bin/ctest 'case $* in *gpu*) echo "1/1 Test Passed 0.1 s" ;; *) exit 1 ;; esac'
stand_in bin/compute-sanitizer 'shift 4; exec "$@"'
stand_in bin/ncu 'echo "==ERROR== Failed to initialize the profiler: LibraryNotLoaded" >&2; exit 1'
PATH=$PWD/bin:$PATH
export MCPI_ACCEPT_BUILD=$PWD/build MCPI_ACCEPT_RESULTS=$PWD/results MCPI_ACCEPT_SMALL=1
accept() { "$ACCEPT" 2>&1 | sed -E 's/gpu-simulated-gpu-0-[^.]*/gpu-simulated-gpu-0-COMMIT/; s,/[^ ]*/results/,RESULTS/,'; echo "exit code ${PIPESTATUS[0]}"; }

accept
sed -nE '1,3p; /^\| (Result|SM)/p; s/^\| ([a-z][^|]*) \| [^ |]+ ([^|]*) \|.*/\1: \2/p' results/*.md
grep -oE '"(schema|passed|simulated|sizes_are_small)": [^,]*' results/*.json | sort -u

echo "what is no measurement is not kept among the results"
MCPI_ACCEPT_RESULTS=$(dirname "$ACCEPT")/../results accept

echo "a failing test, a wrong count, and a tool that does not work here"
rm -r results
stand_in bin/compute-sanitizer 'echo "========= Error: Device not supported"; exit 1'
stand_in bin/ctest 'echo "1 test failed"; exit 8'
stand_in build/mcpi "exec '$SIMCUDA' --preload --fail kind=corrupt,nth=1 -- '$(readlink -f "$(command -v mcpi)")' \"\$@\""
stand_in build/benchmarks/gpu/bench_ladder "exec '$SIMCUDA' --fail kind=corrupt,kernel=test_fp32 -- '$LADDER' \"\$@\""
accept | sed -E 's/^(run|compare)(.* exit code 3):.*/\1\2/'
grep -oE '"passed": [a-z]*' results/*.json | sort -u
grep 'Result' results/*.md

echo "no GPU"
stand_in bin/nvidia-smi 'exit 9'
accept
