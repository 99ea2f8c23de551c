# The workers of GPUs: one each, as many as a GPU is listed, and what is left of those that fail or count wrong.
. "$CASES/sim.bash"
make_liar
cat >sums.py <<'END'
import json, sys
for device in json.load(sys.stdin)["devices"]:
    workers = device["workers"]
    for key in ["ranges", "darts", "hits"]:
        assert sum(worker[key] for worker in workers) == device[key], key
    failed = sum("failure" in worker for worker in workers)
    print(f"{device['id']}: {len(workers)} workers, {failed} lost{'' if device['darts'] else ', no darts'}")
END
for selection in gpu gpu:0,0,1; do
    echo "-- $selection"
    sim --devices 2 -- -q -d $selection -n 1e7 --per-worker -o run.json | sed -n '/^worker /,$p' >rows
    sed -E 's/ +darts .*/  .../; s/(#[01]) .*/\1  .../' rows
    awk '/#/ { darts += $3; hits += $4 } END { print darts, "darts,", hits, "hits" }' rows
    python3 sums.py <run.json
done
echo "-- one fails"
sim --devices 2 --fail call=cudaMalloc,dev=1,nth=1,error=cudaErrorMemoryAllocation -- -q -d gpu -n 1e6 --per-worker -o run.json 2>/dev/null |
    sed -nE '/^worker /,$ { s/ +darts .*/  .../; s/(#0) .*/\1  .../; s/(dropped: gpu:1).*/\1 .../; p }'
python3 sums.py <run.json
echo "-- they count wrong, and the CPU counts it all again"
sim --devices 2 --ptx wrong.ptx -- -q -d gpu,cpu -t 1 -n 1e8 --verify full --per-worker -o run.json 2>/dev/null |
    sed -nE '/^worker /,$ { s/ +darts .*/  .../; /^gpu/ s/ +/ /g; s/(cpu #0 +[0-9]+ +[0-9]+) .*/\1  .../; p }'
python3 sums.py <run.json
