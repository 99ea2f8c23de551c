# A GPU that hangs is given up after its deadline, and the other one continues.
. "$CASES/sim.bash"
sim --devices 2 --report --fail kind=hang,dev=1,nth=6 -- stress -q -d gpu -T 12s --json >out.json 2>err; echo "exit code $?"
sed -E '/^simcuda/d; s/\[[0-9]+, [0-9]+\)/[A, B)/g' err
sed 's/{"id"/\n&/g' out.json | grep -oE '"id":"gpu:[01]"|"up":[a-z]+|"failure":"gpu:1 \(Simulated GPU 1\): darts'
field seconds <out.json | awk '{ print $1 < 20 ? "in time" : $1 }'
grep -q '^simcuda report:' err || echo "ended without clean-up"
