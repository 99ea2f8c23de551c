# What each worker counted: rows of the text with --per-worker, and in the JSON always.
rows() { sed -nE 's/^cpu #([0-9]+) /\1 /p' "$@"; }

echo "-- one worker, with times and the names of this machine replaced"
mcpi -q -d cpu -t 1 --kernel scalar -n 1e6 --per-worker | sed -E \
    -e 's/^.*, scalar:$/NAME, scalar:/' -e 's/^(cpu .*%)  *[0-9.]+ %  *[0-9.e]+$/\1  BUSY  RATE/' -e 's/^time .*/time/' \
    -e 's/^(cpu #0 *[0-9]+ *[0-9]+) *[0-9]+ *[0-9.]+ s *[0-9.e]+$/\1  RANGES  BUSY  RATE/'

echo "-- several"
for threads in 2 3 12; do
    mcpi -q -d cpu -t $threads -n 1e8 --per-worker >out
    rows out | awk '{ workers++; ordered += $1 == NR - 1; darts += $2; hits += $3 }
        END { printf "%d rows, %d in order: %d darts, %d hits\n", workers, ordered, darts, hits }'
done
mcpi -q -d cpu -t 2 -n 1e6 | rows | wc -l

echo "-- no line of the tables is longer than 80 characters"
for darts in 1 1e6 2e9; do
    mcpi -q -d cpu -n $darts --per-worker | grep -E '^(device|worker|cpu) ' | awk 'length > 80'
done

echo "-- JSON"
cat >sums.py <<'END'
import json, sys
for device in json.load(sys.stdin)["devices"]:
    workers = device["workers"]
    assert len(workers) == device["threads"]
    for key in ["ranges", "darts", "hits"]:
        assert sum(worker[key] for worker in workers) == device[key], key
    for key in ["busy_seconds", "darts_per_second"]:
        assert abs(sum(worker[key] for worker in workers) / device[key] - 1) < 1e-5, key
    print(device["darts"], device["hits"], " ".join(workers[0]))
END
mcpi -q -d cpu -t 3 -n 1e8 --json | python3 sums.py
mcpi -q -d cpu -t 2 -n 1e8 --per-worker --json | python3 sums.py
mcpi -q -d cpu -t 2 -n 1e8 --per-worker -o out.json | rows | wc -l
python3 sums.py <out.json

echo "-- only of a run"
mcpi compare --per-worker; echo "exit code $?"
