# Rungs that count right are timed; one that does not is named, gets no time, and the program fails. No speed of a
# simulated device means anything, so none is shown.
ladder() {
    local darts=$1
    shift
    "$SIMCUDA" --report "$@" -- "$LADDER" "$darts" --benchmark_repetitions=1 >out 2>err; echo "exit code $?"
    grep -oE '^[a-z0-9_]+/|^[a-z].*ERROR.*' out | sort
    grep -E '^[a-z0-9_]+: (not|wrong)|report: (leak|misuse)|[0-9] findings' err
}
ladder 1000000
for fault in kernel=test_fp32,nth=2 kernel=count_draws,nth=2 kernel=next_floats,nth=1 kernel=count_xorwow,nth=3; do
    echo "corrupt: $fault"
    ladder 1000 --fail "kind=corrupt,$fault"
done
"$SIMCUDA" --devices 0 -- "$LADDER"; echo "exit code $?"
"$SIMCUDA" -- "$LADDER" 1001; echo "exit code $?"
"$SIMCUDA" -- "$LADDER" 1e6 2>/dev/null; echo "exit code $?"
