# Each GPU and all together follow the CPU's steps, on the same darts; what counts wrong ends it.
. "$CASES/sim.bash"
sim --devices 2 -- scaling -q -t 2 -n 2e6 --kernel scalar --csv >strong.csv; echo "exit code $?"
cut -d, -f 1-5 strong.csv
awk -F, 'NR > 1 { print $1 ": speed-up " ($13 > 0 ? "yes" : "no") ", efficiency " ($16 ? "yes" : "no") }' strong.csv
sim --devices 1 -- scaling -q -t 2 -n 2e6 --weak --kernel scalar --csv | cut -d, -f 1-5
sim --devices 2 -- scaling -q -t 1 -n 2e6 -d gpu:1 --kernel scalar --json | field step
make_liar
sim --devices 1 --ptx wrong.ptx -- scaling -q -t 2 -n 2e6 --kernel scalar --json >liar.json 2>err; echo "exit code $?"
sed -E '/^simcuda: /d; s/but [0-9]+ by/but N by/' err
field identical <liar.json
