# shards.sh is the script in docs/checkpoints.md, here with other devices and fewer darts. A task that gets SIGTERM leaves a
# partial result and a checkpoint, and running the same task again completes the shard.
field() { grep -oE "\"$1\":[^,}]+" "$2" | head -n 1 | cut -d: -f2; }
script=$CASES/../../examples/slurm/shards.sh
sed -n '/job array.*shards\.sh/,/^```$/p' "$CASES/../../docs/checkpoints.md" | sed '1,/^```bash$/d; /^```$/d' | cmp - "$script" && echo "docs/checkpoints.md shows it"
export SLURM_ARRAY_TASK_ID=0
echo "-- without a GPU"
CUDA_VISIBLE_DEVICES='' bash "$script" >/dev/null 2>&1; echo "exit code $?"
ls shards
echo "-- on the CPU"
sed 's/10 \*\* 13/10 ** 9/; s/-d gpu/-d cpu -t 1 --kernel scalar --checkpoint-every 20ms/' "$script" >shards.sh
bash shards.sh >out &
until [ -e shards/0.checkpoint ]; do sleep 0.01; done
kill -TERM $!
sleep 0.003
kill -TERM $! 2>/dev/null
wait $!; echo "exit code $?, complete: $(field complete shards/0.json)"
darts=$(field darts shards/0.json)
[ "$(mcpi -q -d cpu -n "$darts" --json | grep -oE '"hits":[0-9]+' | head -n 1)" = "\"hits\":$(field hits shards/0.json)" ] && echo "the count of its darts"
mcpi merge -q shards/0.checkpoint >/dev/null 2>&1; echo "the checkpoint: exit code $?"
echo "-- once more"
bash shards.sh >out; echo "exit code $?, complete: $(field complete shards/0.json)"
[ "$(field resumed_darts shards/0.json)" = "$darts" ] && echo "nothing is counted twice"
# That of tests/golden.tsv.
field hits shards/0.json
ls shards
echo "-- another task"
sed -i 's/10 \*\* 9/10 ** 6/' shards.sh
SLURM_ARRAY_TASK_ID=7 bash shards.sh | grep "^count"
