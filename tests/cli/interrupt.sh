# The first SIGINT, SIGTERM or SIGHUP: the partial result, whole and marked, exit code 130. A second one: at once.
field() { grep -oE "\"$1\":[^,}]+" | head -n 1 | cut -d: -f2; }
for signal in INT TERM HUP; do
    mcpi -q -d cpu -n 2^62 --json -o partial.json >out.json &
    sleep 0.5
    kill -$signal $!
    wait $!; echo "SIG$signal: exit code $?, complete: $(field complete <out.json)"
    cmp out.json partial.json && darts=$(field darts <out.json)
    [ "$(mcpi -q -d cpu -n "$darts" --json | field hits)" = "$(field hits <out.json)" ] && echo "the count of its darts"
done
rm -f ./*.json
mcpi -q -d cpu -n 2^62 --kernel scalar -o never.json &
sleep 0.3
kill -INT $!
kill -TERM $!
wait $!; echo "twice: exit code $?"
ls
