# Rows for one core, all cores, each GPU, all GPUs and all devices; from how many darts on a GPU pays; and what counts
# wrong is named. Two workers are all cores of some machines. Launches on simulated GPUs take long, so there are few rounds. Which of the GPUs is faster is chance.
. "$CASES/sim.bash"
few="-q -T 50ms --rounds 2 --kernel scalar"
# shellcheck disable=SC2086
{
    sim --devices 2 -- compare -t 2 $few -o compare.json -o compare.csv --plot compare.svg >compare.txt 2>/dev/null; echo "exit code $?"
    field who <compare.json | head -n 6
    grep -oE '"who":"[^"]*","against":"[^"]*"' compare.json | sed 's/gpu:[01]/gpu:K/'
    echo "distinct counts: $(sed -E 's/"rounds":\[[^]]*\]//g' compare.json | field hits | sort -u | wc -l), identical: $(field identical <compare.json)"
    cut -d, -f 1,4-6 compare.csv
    awk -F, 'NR > 1 { print $1 ": set-up " ($19 > 0 ? "yes" : "no") ", 1e10 darts " ($21 > $19 ? "later, " : "no, ") $22 ($6 > 0 ? ", bound " $24 : "") }' compare.csv
    grep -oE '^(all 2 GPUs|gpu:[01]) (are|is) .* times as fast as .* times one core; all counts agree$' compare.txt | wc -l
    grep -cE '^(all 2 GPUs|gpu:[01]) .*(pays? from|the result before)' compare.txt
    cat compare.svg compare.gnuplot 2>/dev/null | grep -oE "[>'\"](one core|all cores|2 threads|gpu:[01]|together|(all )?2 GPUs)[<'\"]" | tr -d "<>'\"" | sed 's/all cores\|2 threads/two/' | sort -u
    sim --devices 3 -- compare -t 2 -d gpu:2 $few --json 2>/dev/null | field who
    sim --devices 3 -- compare -t 1 -d cpu $few --json 2>/dev/null | field who
    sim --devices 8 -- compare -t 1 -d gpu $few --csv 2>/dev/null | cut -d, -f 1,6
} | sed -E 's/all cores|2 threads/two/g'
sim --devices 2 --fail kind=flip,dev=1,nth=1,bit=2 -- compare -q -t 2 -T 100ms --kernel scalar 2>&1 >/dev/null | sed -E '/^simcuda: |with caution$/d; s/[0-9]+ (darts|hits)/N \1/g; s/\[[0-9]+, [0-9]+\)/[A, B)/; s/(counts|is) [0-9]+/\1 N/g'
echo "exit code ${PIPESTATUS[0]}"
