# A process that is stopped for three seconds: its time limit, rates and checkpoints do not count them, and it says so.
field() { grep -oE "\"$1\":[^,}]+" "$2" | head -n 1 | cut -d: -f2; }
# paused ARGUMENT...: start mcpi so, stop it after a second, let it go on three seconds later
paused() {
    mcpi "$@" --json >out.json 2>err &
    sleep 1
    kill -STOP $!
    sleep 3
    kill -CONT $!
    wait $!; echo "exit code $?"
    sed -E 's/[0-9.]+ s;/T s;/' err
    field paused_seconds out.json | awk '{ print ($1 >= 2.5 && $1 < 30 ? "all of the pause" : $1) }'
}
# within LEAST MOST: is the number on standard input?
within() { awk -v least="$1" -v most="$2" '{ print ($1 >= least && $1 < most ? "as it should be" : $1) }'; }

echo "-- run"
paused -d cpu -t 2 -n 2^62 -T 2s
for name in counting total; do echo "$name: $(field $name out.json | within 2 4)"; done
busy=$(field busy_seconds out.json) counting=$(field counting out.json)
awk -v busy="$busy" -v counting="$counting" 'BEGIN { print (busy <= 2 * counting ? "busy while it ran" : busy) }'

echo "-- stress"
paused stress -d cpu -t 1 -T 2s --progress never
tail -n 1 out.json >last.json
echo "seconds: $(field seconds last.json | within 2 4)"
grep -o '"failure"' last.json

echo "-- quiet"
paused -q -d cpu -t 1 -n 2^62 -T 2s
