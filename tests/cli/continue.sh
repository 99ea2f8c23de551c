# --continue FILE begins a run or continues it, with one command line. It replaces nothing that is not of this run.
hits() { grep -oE '"hits":[0-9]+' | head -n 1; }
field() { grep -oE "\"$1\":[^,}]+" | head -n 1 | cut -d: -f2; }
try() { mcpi -q -d cpu "$@" >/dev/null; echo "exit code $?"; }
count() { mcpi -q -d cpu "$@" --json | grep -oE '"darts":[0-9]+,"hits":[0-9]+(,"resumed_darts":[0-9]+)?,"complete":[a-z]+'; }
echo "-- begins, and is complete from then on"
count -n 1e7 --continue run -o result.json
count -n 1e7 --continue run -o result.json
cmp <(hits <result.json) <(echo '"hits":7854924') && ls
count --continue run
echo "-- another run"
try -n 5 --continue run
try -n 1e7 --seed 1 --continue run
try -n 1e7 --stream 0x10 --continue run
try -n 1e7 --first 1 --continue run
try -e 1e-3 --continue run
try -n 1e6 --checkpoint other
cp other run.previous
try -n 1e7 --continue run
echo "-- interrupted twice, on other workers"
job=(-q -d cpu -n 1e9 --continue long --checkpoint-every 20ms -o long.json --trace long.csv)
# Both signals of a job that has reached its time limit, with milliseconds between them.
mcpi "${job[@]}" -t 1 --kernel scalar >/dev/null &
until [ -e long ]; do sleep 0.01; done
kill -TERM $!
sleep 0.003
kill -TERM $! 2>/dev/null
wait $!; echo "exit code $?, complete: $(field complete <long.json)"
darts=$(field darts <long.json)
[ "$(count -n "$darts" | hits)" = "$(hits <long.json)" ] && echo "the count of its darts"
cp long interrupted
mcpi "${job[@]}" -t 1 --kernel scalar >/dev/null &
while cmp -s long interrupted; do sleep 0.01; done
{ kill -KILL $!; wait $!; } 2>/dev/null; echo "exit code $?"
mcpi "${job[@]}" -t 2 --json | grep -oE '"complete":(true|false)'
[ "$(field resumed_darts <long.json)" -ge "$darts" ] && echo "nothing is counted twice"
mcpi -q -d cpu -n 1e9 --trace whole.csv --json | cmp <(hits <long.json) <(hits) && cmp long.csv whole.csv && echo "the same count and trace"
echo "-- until a target error, and for a time"
count -e 1e-3 --continue target
count -e 1e-3 --continue target
mcpi -q -d cpu -T 50ms --continue time --json >first.json; echo "exit code $?"
mcpi -q -d cpu -T 50ms --continue time --json >second.json; echo "exit code $?"
[ "$(field resumed_darts <second.json)" = "$(field darts <first.json)" ] && echo "continues for the time"
