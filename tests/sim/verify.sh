# The CPU recounts what the GPUs count; a result that was corrupted on its way, or in the kernel, is named.
. "$CASES/sim.bash"
for verify in off on full; do
    sim --devices 2 -- -d gpu -n 3e6 --verify $verify --json >run.json
    echo "$verify: $(field hits <run.json | head -n 1) hits, $([ "$(field slices <run.json)" -gt 0 ] && echo recounted || echo not recounted)"
done
sim --devices 1 -- -d gpu -n 3e6 --verify full --json | grep -o '"darts":3000000,"mismatches":0'
for fault in kind=flip,dev=1,nth=2,bit=3 kind=corrupt,dev=1,nth=2,bit=3; do
    sim --devices 2 --fail $fault -- -d gpu -n 1e7 --verify full --json >run.json 2>err; echo "exit code $?"
    sed -E '/^simcuda: /d; s/counted [0-9]+/counted N/g; s/\[[0-9]+, [0-9]+\)/[A, B)/; s/cpu \([^)]*\)/cpu (NAME)/' err
    field complete <run.json
    field mismatches <run.json
done
