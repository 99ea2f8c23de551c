# examples/slurm/shards.sh, with fewer darts and more frequent checkpoints, on simulated nodes: SIGTERM to the batch process leaves
# a partial shard and a checkpoint, and the same task once more completes the shard. A node without a driver counts nothing.
. "$CASES/sim.bash"
sed 's/10 \*\* 13/10 ** 9/; s/--continue/--checkpoint-every 50ms --continue/' "$CASES/../../examples/slurm/shards.sh" >shards.sh
diff "$CASES/../../examples/slurm/shards.sh" shards.sh | grep -c '^>'
mkdir bin
# node OPTION...: the simulator is in place of mcpi.
node() {
    {
        printf '#!/bin/bash\nexec %q --preload --fp64-ratio 64' "$SIMCUDA"
        printf ' %q' "$@" -- "$(command -v mcpi)"
        printf ' "$@"\n'
    } >bin/mcpi
    chmod +x bin/mcpi
}
task() { SLURM_ARRAY_TASK_ID=0 PATH=$PWD/bin:$PATH exec bash shards.sh; }
shard() { field "$1" <shards/0.json | head -n 1; }
# The simulator compiles a kernel when it is first launched.
sim --devices 1 -- -q -d gpu -n 1e6 >/dev/null
node --driver none
(task) >out 2>err; echo "without a driver: exit code $?"
ls shards
node --devices 1
task >out 2>err &
until [ -e shards/0.checkpoint.previous ]; do sleep 0.01; done
kill -TERM $!
sleep 0.003
kill -TERM $! 2>/dev/null
wait $!; echo "exit code $?, complete: $(shard complete)"
cat err
darts=$(shard darts)
[ "$(sim --devices 0 -- -d cpu -n "$darts" --json | field hits | head -n 1)" = "$(shard hits)" ] && echo "the count of its darts"
node --devices 2
(task) >out 2>err; echo "once more: exit code $?, complete: $(shard complete), $(shard hits) hits"
cat err
[ "$(shard resumed_darts)" = "$darts" ] && echo "nothing is counted twice"
(task) >out 2>err; echo "and once more: exit code $?"
