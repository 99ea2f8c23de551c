# A GPU that hangs is given up after its deadline. The other one finishes the count.
. "$CASES/sim.bash"
# The simulator reports when the process runs its clean-up: that of a real runtime would wait for the device.
cleaned_up() { grep -q '^simcuda report:' "$1" && echo "with clean-up" || echo "without clean-up"; }
sim --devices 2 --report --fail kind=hang,dev=0,nth=2 -- -d gpu -n 1e7 --json >run.json 2>err; echo "exit code $?"
sed -E '/^simcuda/d; s/\[[0-9]+, [0-9]+\)/[A, B)/g; s/within [0-9.]+ s/within T s/' err
echo "$(field hits <run.json | head -n 1) hits, complete: $(field complete <run.json), ended $(cleaned_up err)"
sim --devices 2 --report -- -q -d gpu -n 1e6 >/dev/null 2>err; echo "exit code $?, ended $(cleaned_up err)"
