# While the run still has much to recount, a later SIGTERM or SIGHUP changes nothing. A later SIGINT prints what is known at
# once.
set -m # a shell without job control has its background jobs ignore SIGINT
field() { grep -oE "\"$1\":[^,}]+" "$2" | head -n 1 | cut -d: -f2; }
mcpi -q -d cpu --verify full -n 2^62 --json -o file.json --trace trace.csv --checkpoint run >out.json 2>err &
sleep 3
kill -INT $!
sleep 1.5
if ! kill -0 $! 2>/dev/null && ! grep -q 'not been counted again' err; then
    echo "recounts keep up with the counting here"
    exit 77
fi
kill -TERM $!
kill -HUP $!
sleep 0.5
kill -0 $! && echo "still recounting"
kill -INT $!
wait $!; echo "exit code $?, complete: $(field complete out.json)"
sed -E 's/[0-9]+ of [0-9]+/N of M/' err
cmp out.json file.json
darts=$(field darts out.json)
[ "$(mcpi -q -d cpu -n "$darts" --json >recount.json; field hits recount.json)" = "$(field hits out.json)" ] &&
    echo "the count of its darts"
mcpi merge --json run >merged.json 2>/dev/null
[ "$(field darts merged.json)" = "$darts" ] && echo "as saved"
grep -c "^$darts," trace.csv
ls
