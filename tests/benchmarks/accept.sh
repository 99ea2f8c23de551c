# The acceptance of a GPU, with a simulated one: stand-ins for the tools that know only real ones.
mkdir -p bin programs
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod +x "$1"; }
real=$(readlink -f "$(command -v mcpi)")
mcpi() { stand_in programs/mcpi "exec '$SIMCUDA' --preload $1 -- '$real' \"\$@\""; }
ladder() { stand_in programs/bench_ladder "exec '$SIMCUDA' $1 -- '$LADDER' \"\$@\""; }
mcpi
ladder
stand_in programs/bench_roofline "exec '$SIMCUDA' -- '$ROOFLINE' \"\$@\""
stand_in programs/bare_context "exec '$SIMCUDA' -- '$BARE_CONTEXT'"
stand_in programs/test_cuda_backend 'echo "[  PASSED  ] 9 tests."'
stand_in bin/nvidia-smi 'case $* in *name*) echo "Simulated GPU 0, 1.2, 3, 4, 5, 6, 7" ;; *) echo 8, 9, N/A ;; esac'
stand_in bin/compute-sanitizer 'shift 4; exec "$@"'
stand_in bin/ncu 'echo "==ERROR== Failed to initialize the profiler: LibraryNotLoaded" >&2; exit 1'
PATH=$PWD/bin:$PATH
export MCPI_ACCEPT_BUILD=$PWD/programs MCPI_ACCEPT_RESULTS=$PWD/results MCPI_ACCEPT_SMALL=1
accept() {
    "$ACCEPT" "$@" 2>&1 | sed -E 's/^ *[0-9]+ s  //; s/gpu-simulated-gpu-0-[a-z0-9-]*/gpu-simulated-gpu-0-COMMIT/; s,/[^ ]*/results/,RESULTS/,'
    echo "exit code ${PIPESTATUS[0]}"
}
facts() { grep -oE '"(schema|complete|passed|simulated|sizes_are_small|verdict)": [^,]*' results/*.json | sort -u; }

accept
sed -nE '1,3p; /^\| (Result|SM|Wide)/p; s/^\| ([a-z][^|]*) \| [^ |]+ ([^|]*) \|.*/\1: \2/p' results/*.md
facts

echo "a wrong count, and tools that do not work here"
rm -r results
stand_in bin/compute-sanitizer 'echo "========= Error: Device not supported"; exit 1'
stand_in programs/test_cuda_backend 'echo "[  FAILED  ] 1 test"; exit 1'
mcpi '--fail kind=corrupt,nth=1'
ladder '--fail kind=corrupt,kernel=fp32_test'
accept | sed -E 's/^(golden|run|compare|one)([^:]* failed).*/\1\2/'
facts
grep 'Result' results/*.md

echo "what hangs is stopped, and what it has said is kept"
rm -r results
mcpi
stand_in programs/bench_ladder "echo \$\$ >'$PWD/pid'; echo '{\"rung\": \"integer\", \"darts_per_second\": 7}'; exec sleep 100"
accept --minutes 0.5 | sed -nE '/^(ladder|start-up|compare)/p; /^accept|^exit/p'
grep -E '^\| (Result|ladder)' results/*.md
facts

echo "what is killed has saved what it had"
rm -r results
("$ACCEPT" 2>/dev/null & echo $! >accept.pid)
while ! grep -qs 'ladder: integer' results/*.json; do sleep 0.1; done
kill -KILL "$(cat accept.pid)" "$(cat pid)"
facts
grep -E '^\| (Result|ladder)' results/*.md

echo "no GPU"
stand_in bin/nvidia-smi 'exit 9'
accept
echo "the plan, for programs that are there"
accept --plan
