# 1, 2, 4 ... GPUs and all together follow the CPU's steps, on the same darts; what counts wrong or fails ends it.
. "$CASES/sim.bash"
sim --devices 3 -- scaling -q -t 2 -n 2e6 --kernel scalar --csv >strong.csv 2>/dev/null; echo "exit code $?"
cut -d, -f 1-5,18 strong.csv
awk -F, 'NR > 1 { print $1 ": speed-up " ($13 > 0 ? "yes" : "no") ", efficiency " ($16 ? "yes" : "no") \
    ", over the first GPU " ($19 > 0 ? "yes" : "no") ", its efficiency " ($22 > 0 ? "yes" : "no") }' strong.csv
sim --devices 2 -- scaling -q -t 2 -n 2e6 --weak --kernel scalar --csv 2>/dev/null | cut -d, -f 1-5
# Simulated GPUs have different names, as different models have.
sim --devices 4 -- scaling -q -t 1 -n 2e6 -d gpu:0,2,3 --kernel scalar -o list.json 2>/dev/null | sed -nE 's/count .* times/count X times/; /^[0-9] GPUs count|models/p'
field devices <list.json
field hits <list.json | sort -u
sim --devices 1 -- scaling -q -t 1 -n 2e5 --kernel scalar --workers threads,processes --csv 2>/dev/null | cut -d, -f 1,3-5,23
make_liar
sim --devices 2 --ptx wrong.ptx -- scaling -q -t 2 -n 2e6 --kernel scalar --json >liar.json 2>err; echo "exit code $?"
sed -E '/^simcuda: |with caution$/d; s/but [0-9]+ by/but N by/' err
field identical <liar.json
# Of three GPUs the last one lies, or fails.
last() { # SIMULATOR-OPTION...
    sim --devices 3 "$@" -- scaling -q -t 1 -n 2e6 --kernel scalar 2>err; echo "exit code $?"
    sed -E '/^simcuda: |with caution$/d; s/\[[0-9]+, [0-9]+\)/[A, B)/; s/(with|is) [0-9]+/\1 N/g' err
}
last --fail kind=flip,dev=2,times=0,bit=2
last --fail kind=kernel,dev=2,error=cudaErrorECCUncorrectable
