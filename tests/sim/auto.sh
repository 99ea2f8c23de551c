# --device auto: a run that the CPU ends before a GPU could start leaves the GPUs alone: no CUDA function is called.
. "$CASES/sim.bash"
sim --devices 2 --trace -- -n 1e6 2>trace |
    sed -nE 's/(CPU) (about|less than) [0-9.]+ ms/\1 TIME/; /^(count|choice) .*(hits|TIME)/p'
grep -c cuda trace
sim --devices 2 --trace -- -n 1e6 --json 2>>trace >run.json
field auto_reason <run.json | sed -E 's/(CPU) (about|less than) [0-9.]+ ms/\1 TIME/'
grep -c cuda trace
# Others, and longer runs, use them.
for arguments in '-d gpu -n 1e6' '-d all -n 1e6' '-n 1e6 --verify full' '-n 1e12 -T 300ms' '-T 300ms'; do
    # shellcheck disable=SC2086
    sim --devices 2 -- $arguments --json >run.json
    echo "$arguments: $(field auto_reason <run.json) $(field id <run.json | tr '\n' ' ')"
done
