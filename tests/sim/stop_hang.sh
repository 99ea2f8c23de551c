# A GPU hangs, and the user does not wait: a later SIGINT prints what is known, long before the GPU's deadline.
. "$CASES/sim.bash"
set -m # a shell without job control has its background jobs ignore SIGINT
sim --devices 2 -- -d gpu -n 1 >/dev/null 2>&1 # the simulator compiles a kernel when it is first launched
"$SIMCUDA" --preload --fp64-ratio 64 --devices 2 --report --fail kind=hang,dev=0,nth=3 -- "$(command -v mcpi)" \
    -q -d gpu -n 2^62 --json -o file.json --trace trace.csv --checkpoint run >out.json 2>err &
sleep 3
kill -INT $!
sleep 1.5
kill -0 $! && echo "still waiting"
before=$SECONDS
kill -INT $!
wait $!; echo "exit code $?, complete: $(field complete <out.json), $([ $((SECONDS - before)) -lt 4 ] && echo "at once")"
grep -v '^simcuda: device 0 hangs' err
cmp out.json file.json
darts=$(field darts <out.json | head -n 1)
[ "$(sim --devices 0 -- -q -d cpu -n "$darts" --json | field hits | head -n 1)" = "$(field hits <out.json | head -n 1)" ] && echo "the count of its darts"
grep -c "^$darts," trace.csv
mcpi merge run 2>/dev/null | grep -c '^count '
ls
