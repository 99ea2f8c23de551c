# Rungs that count right are timed. One that counts wrong is named, gets no time, and the program fails. The speed of a
# simulated device is meaningless, so it is not shown.
ladder() {
    local darts=$1
    shift
    "$SIMCUDA" --report "$@" -- "$LADDER" "$darts" --repetitions 1 >out 2>err; echo "exit code $?"
    grep -oE '^[a-z0-9_-]+' out | sort
    grep -E '^[a-z0-9_-]+: (not|wrong)|report: (leak|misuse)|[0-9] findings' err
}
ladder 1000000
for fault in kernel=fp32_test,nth=2 kernel=count_integer,nth=2 kernel=count_floats,nth=1 kernel=count_xorwow,nth=3; do
    echo "corrupt: $fault"
    ladder 1000 --fail "kind=corrupt,$fault"
done
echo "lines of JSON"
"$SIMCUDA" -- "$LADDER" 1000 --repetitions 2 --json 2>/dev/null | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
print(lines[0]["program"], lines[0]["architecture"], lines[0]["size"])
print(sorted((line["rung"], line.get("exact", line.get("not_run"))) for line in lines[1:]))
print(all(line["darts_per_second"] > 0 for line in lines[1:] if "exact" in line))'
"$SIMCUDA" --devices 0 -- "$LADDER"; echo "exit code $?"
"$SIMCUDA" -- "$LADDER" 1001; echo "exit code $?"
"$SIMCUDA" -- "$LADDER" 1e6 2>/dev/null; echo "exit code $?"
"$SIMCUDA" -- "$LADDER" --repetitions 0 2>/dev/null; echo "exit code $?"
