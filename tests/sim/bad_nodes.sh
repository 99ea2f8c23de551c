# The node check of examples/slurm, with a shorter time, on simulated nodes. A sound node passes. A node with a dead driver,
# without a GPU or with too few GPUs is drained for the right reason, and the log has the details.
. "$CASES/sim.bash"
sed 's/-T 30s/-T 3s/' "$CASES/../../examples/slurm/mcpi-node-check" >check
mkdir bin
printf '#!/bin/sh\n[ "$1" = show ] || echo "scontrol $*"\n' >bin/scontrol
printf '#!/bin/sh\nexit 1\n' >bin/pgrep # no job is here
chmod +x bin/*
# The simulator compiles a kernel when it is first launched.
sim --devices 2 -- stress -q -d gpu -T 1s >/dev/null 2>&1 || true
# node NAME EXPECTED OPTION...: the simulator is in place of mcpi. Counting on GPUs is slow there and is tested elsewhere; a node
# that is sound has counted on them before it passes.
node() {
    local name=$1 expected=$2
    shift 2
    {
        printf '#!/bin/bash\nexec %q --preload --fp64-ratio 64' "$SIMCUDA"
        printf ' %q' "$@" -- "$(command -v mcpi)"
        printf ' "$@"\n'
    } >bin/mcpi
    chmod +x bin/mcpi
    env -i "PATH=$PWD/bin:$PATH" MCPI=bin/mcpi MCPI_LOG=log MCPI_PASSED=passed "SLURMD_NODENAME=$name" "MCPI_EXPECT=$expected" bash check
    echo "$name: exit code $?"
    rm -f passed
    sed -nE '/^mcpi: .*, see log$/d; /^mcpi: /{ s/for CUDA [0-9.]*/for CUDA X.Y/; s/needs [0-9.]*/needs X.Y/; p }; s/^(OK|NOT OK): ([0-9]+) of \2 .*(; no GPU .*)/\1\3/p' log | sed 's/or newer.*//; s/: install .*//' | sort -u
}
node sound cpu,gpu=2 --devices 2
node dead cpu,gpu=2 --devices 2 --driver old
node failing cpu,gpu=2 --devices 2 --fail call=cudaGetDeviceCount,error=cudaErrorUnknown,times=0
node gone cpu,gpu=2 --devices 0
node bare cpu,gpu=2 --driver none
node seven cpu,gpu=8 --devices 7
node lost cpu,gpu=2 --devices 2 --fail call=cuDeviceGetName,dev=1,times=0
node prohibited cpu,gpu=2 --devices 2 --prohibited 1
echo "-- without a list of what must be there"
node dead cpu --devices 2 --driver old
node failing cpu --devices 2 --fail call=cudaGetDeviceCount,error=cudaErrorUnknown,times=0
node gone cpu --devices 0
node prohibited cpu --devices 2 --prohibited 1
node bare cpu --driver none
