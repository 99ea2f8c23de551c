# examples/slurm/mcpi-node-check drains a node for a bad verdict and only then.
check=$CASES/../../examples/slurm/mcpi-node-check
if command -v shellcheck >/dev/null; then shellcheck "$check"; fi

# Slurm gives a health check SLURMD_NODENAME and no search path. Here a job is on the node while the file "job" is there.
mkdir bin
printf '#!/bin/sh\n[ "$1" = show ] && cat drained 2>/dev/null || echo "scontrol $*"\n' >bin/scontrol
printf '#!/bin/sh\n[ -e job ]\n' >bin/pgrep
chmod +x bin/*
sed "1a PATH=$PWD/bin:$PATH" "$check" >quick
run_check() {
    rm -f log
    env -i "MCPI=$1" MCPI_LOG=log MCPI_PASSED=passed SLURMD_NODENAME=n1 "${@:2}" bash quick
    echo "exit code $?, $([ -e log ] && head -n 1 log)"
}
for code in 0 1 3 4 2 130; do
    printf '#!/bin/sh\necho "$@"\nexit %s\n' $code >bin/mcpi-$code
    chmod +x bin/*
    echo "-- mcpi ends with $code"
    run_check bin/mcpi-$code MCPI_EXPECT=cpu,gpu=8
    [ ! -e passed ] || { echo "passed" && rm passed; }
done
echo "-- as Prolog and Epilog, which drain a node by failing"
run_check bin/mcpi-3 SLURM_SCRIPT_CONTEXT=prolog_slurmd
run_check bin/mcpi-3 SLURM_SCRIPT_CONTEXT=epilog_slurmd
echo "-- on a node that is drained for another reason"
echo "State=IDLE+DRAIN" >drained
run_check bin/mcpi-3
rm drained
echo "-- after a test that passed, and 13 hours later"
touch passed
run_check bin/mcpi-3
touch -d "13 hours ago" passed
run_check bin/mcpi-3
rm passed
echo "-- where no test can be noted"
run_check bin/mcpi-0 MCPI_PASSED=/nowhere/passed 2>&1 | sed 's/^touch: .*/touch: REASON/'
echo "-- with a job on the node"
touch job
run_check bin/mcpi-3
rm job
echo "-- a job comes during the test"
# shellcheck disable=SC2016
printf '#!/bin/bash\ntrap "echo stopped >stopped; exit 130" TERM\ntouch job; while true; do sleep 0.1; done\n' >bin/mcpi-long
chmod +x bin/mcpi-long
run_check bin/mcpi-long
cat stopped
rm job
[ ! -e passed ] || echo "passed?"
echo "-- the program itself"
sed -i 's/-T 30s/-d cpu -T 1s/' quick
run_check "$(command -v mcpi)" | sed 's/^exit code 0, .*/exit code 0/'
grep -c '^OK: ' log
[ -e passed ] && rm passed
run_check "$(command -v mcpi)" MCPI_EXPECT=cpu,gpu=1 | sed 's/, mcpi: .*/,/'
grep -o 'gpu:0 is missing' log
