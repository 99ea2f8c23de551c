# Stop rules and signals with GPUs at work.
. "$CASES/sim.bash"
set -m # a shell without job control has its background jobs ignore SIGINT
sim --devices 2 -- -d gpu -e 1e-3 --json | grep -oE '"darts":[0-9]+,"hits":[0-9]+,"complete":[a-z]+' | head -n 1
sim --devices 1 -- -d all -e 1e-3 --json | grep -oE '"darts":[0-9]+,"hits":[0-9]+,"complete":[a-z]+' | head -n 1
sim --devices 2 -- -d gpu -T 300ms --json | field complete
"$SIMCUDA" --preload --devices 2 -- "$(command -v mcpi)" -q -d gpu -n 2^62 --json >run.json &
sleep 2
kill -INT $!
wait $!; echo "exit code $?, complete: $(field complete <run.json)"
darts=$(field darts <run.json | head -n 1)
[ "$(sim --devices 0 -- -d cpu -n "$darts" --json | field hits | head -n 1)" = "$(field hits <run.json | head -n 1)" ] && echo "the count of its darts"
