# The first SIGINT, SIGTERM or SIGHUP: the partial result, whole and marked, exit code 130. Later ones do not harm it.
set -m # a shell without job control has its background jobs ignore SIGINT
field() { grep -oE "\"$1\":[^,}]+" | head -n 1 | cut -d: -f2; }
check_count() {
    local darts
    darts=$(field darts <out.json)
    [ "$(mcpi -q -d cpu -n "$darts" --json | field hits)" = "$(field hits <out.json)" ] && echo "the count of its darts"
}
for signal in INT TERM HUP; do
    mcpi -q -d cpu -n 2^62 --json -o partial.json >out.json &
    sleep 0.5
    kill -$signal $!
    wait $!; echo "SIG$signal: exit code $?, complete: $(field complete <out.json)"
    cmp out.json partial.json && check_count
done
rm -f ./*.json

echo "-- several at once are one request"
mcpi -q -d cpu -n 2^62 --json >out.json &
sleep 0.3
for signal in TERM INT HUP TERM INT; do kill -$signal $! 2>/dev/null; done
wait $!; echo "exit code $?, complete: $(field complete <out.json)"
check_count

echo "-- timeout signals its child and then its group"
for _ in {1..5}; do
    timeout 0.3 mcpi -q -d cpu -n 2^62 --json >out.json
    echo "exit code $?, complete: $(field complete <out.json)"
done
