# The README's prolog, word for word but for the time, on simulated nodes: a sound node takes the job; one with a dead
# driver, without a GPU or with too few is drained, for the right reason, and the log says more.
. "$CASES/sim.bash"
sed -n '/^# Does this node/,/^```$/p' "$CASES/../../README.md" | sed '/^```/d; s/-T 30s/-T 3s/' >prolog
mkdir bin
printf '#!/bin/sh\necho "scontrol $*"\n' >bin/scontrol
chmod +x bin/scontrol
# The simulator compiles a kernel when it is first launched.
sim --devices 2 -- stress -q -d gpu -T 1s >/dev/null 2>&1 || true
# node NAME GPUS-OF-THE-JOB OPTION...: the simulator is in place of mcpi. Counting on GPUs is slow there and is tested
# elsewhere; a node that is sound has counted on them before it takes the job.
node() {
    local name=$1 gpus=$2
    shift 2
    {
        printf '#!/bin/bash\nexec %q --preload --fp64-ratio 64' "$SIMCUDA"
        printf ' %q' "$@" -- "$(command -v mcpi)"
        printf ' "$@"\n'
    } >bin/mcpi
    chmod +x bin/mcpi
    env -i "PATH=$PWD/bin:$PATH" MCPI=bin/mcpi MCPI_LOG=log "SLURMD_NODENAME=$name" ${gpus:+"SLURM_JOB_GPUS=$gpus"} bash prolog
    echo "$name: exit code $?"
    sed -nE '/^mcpi: /{ s/for CUDA [0-9.]*/for CUDA X.Y/; s/needs [0-9.]*/needs X.Y/; p }; s/^(OK|NOT OK): ([0-9]+) of \2 .*(; no GPU .*)/\1\3/p' log | sed 's/or newer.*//; s/: install .*//' | sort -u
}
node sound 0,1 --devices 2
node dead 0,1 --devices 2 --driver old
node failing 0,1 --devices 2 --fail call=cudaGetDeviceCount,error=cudaErrorUnknown,times=0
node gone 0,1 --devices 0
node bare 0,1 --driver none
node seven 0,1,2,3,4,5,6,7 --devices 7
node eighth 7 --devices 7
node lost 0,1 --devices 2 --fail call=cuDeviceGetName,dev=1,times=0
node prohibited 0,1 --devices 2 --prohibited 1
echo "-- jobs without GPUs"
node dead "" --devices 2 --driver old
node failing "" --devices 2 --fail call=cudaGetDeviceCount,error=cudaErrorUnknown,times=0
node gone "" --devices 0
node prohibited "" --devices 2 --prohibited 1
node bare "" --driver none
