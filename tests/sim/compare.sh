. "$CASES/sim.bash"
sim --devices 2 -- compare -q -t 2 -T 100ms --kernel scalar --json >compare.json 2>/dev/null; echo "exit code $?"
field who <compare.json
echo "distinct counts: $(sed -E 's/"rounds":\[[^]]*\]//g' compare.json | field hits | sort -u | wc -l), identical: $(field identical <compare.json)"
sim --devices 3 -- compare -q -t 2 -d gpu:2 -T 50ms --kernel scalar --json 2>/dev/null | field who
sim --devices 3 -- compare -q -t 1 -d cpu -T 50ms --kernel scalar --json 2>/dev/null | field who
sim --devices 2 --fail kind=flip,dev=1,nth=1,bit=2 -- compare -q -t 2 -T 100ms --kernel scalar 2>&1 >/dev/null | sed -E '/^simcuda: |with caution$/d; s/[0-9]+ (darts|hits)/N \1/g; s/\[[0-9]+, [0-9]+\)/[A, B)/; s/(counts|is) [0-9]+/\1 N/g'
echo "exit code ${PIPESTATUS[0]}"
