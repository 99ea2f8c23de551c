# The CPU recounts what the GPUs count.
. "$CASES/sim.bash"
for verify in off on full; do
    sim --devices 2 -- -d gpu -n 3e6 --verify $verify --json >run.json
    echo "$verify: $(field hits <run.json | head -n 1) hits, $([ "$(field slices <run.json | head -n 1)" -gt 0 ] && echo recounted || echo not recounted)"
done
sim --devices 1 -- -d gpu -n 3e6 --verify full --json | grep -o '"darts":3000000,"mismatches":0'
