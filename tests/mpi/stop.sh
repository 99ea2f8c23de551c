# However a run ends early, its result is a complete prefix of the range.
. "$CASES/mpi.bash"
check_prefix() {
    local darts
    darts=$(field darts <run.json | head -n 1)
    [ "$darts" -gt 1000000 ] || echo "only $darts darts"
    [ "$(field hits <run.json | head -n 1)" = "$(recount 0 "$darts")" ] && echo "a prefix, complete: $(field complete <run.json)"
}
ranks 3 -q -d cpu -t 1 -T 500ms --json >run.json; echo "exit code $?"
check_prefix
for which in 1 3; do
    ranks 3 -q -d cpu -t 1 -n 1e13 --json >run.json & job=$!
    until_catching $job 3
    sleep 1
    kill -TERM "$(pids $job | sed -n ${which}p)"
    wait $job; echo "exit code $?"
    check_prefix
done
# One that is stopped for a while keeps the others waiting, and nothing is lost.
ranks 2 -q -d cpu -t 1 -n 1e13 --json >run.json 2>err & job=$!
until_catching $job 2
sleep 1
first=$(pids $job | head -n 1)
last=$(pids $job | tail -n 1)
kill -STOP "$last"
kill -TERM "$first"
sleep 3.5
kill -CONT "$last"
wait $job; echo "exit code $?"
sed -E 's/[0-9.]+ s;/T s;/' err >&2
check_prefix
ranks 3 -q -d cpu -t 1 -e 1e-4 --json | field darts | head -n 1
"$MCPI" -q -d cpu -e 1e-4 --json | field darts | head -n 1
