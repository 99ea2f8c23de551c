# The workers of each device of each rank: rows of the text with --per-worker, and in the JSON always.
. "$CASES/mpi.bash"
ranks 3 -q -d cpu -t 2 -n 3e8 --per-worker -o result.json |
    sed -nE "s/^( +[0-9]+) +$(hostname) +/\1  NODE  /; s/^rank  node +/rank  node  /; /^rank .* worker /,\$p" >rows
sed -E 's/ +darts .*/  .../; s/(#[01]) .*/\1  .../' rows
awk '/#/ { darts += $5; hits += $6 } END { print darts, "darts,", hits, "hits" }' rows
cat >sums.py <<'END'
import json, sys
devices = json.load(sys.stdin)["devices"]
for device in devices:
    workers = device["workers"]
    for key in ["ranges", "darts", "hits"]:
        assert sum(worker[key] for worker in workers) == device[key], key
    print(f"rank {device['rank']}: {len(workers)} workers")
print(sum(worker["hits"] for device in devices for worker in device["workers"]), "hits")
END
python3 sums.py <result.json
