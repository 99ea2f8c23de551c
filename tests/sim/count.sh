# One integer, on one, two and three GPUs, with the CPU, in any selection.
. "$CASES/sim.bash"
for devices in 1 2 3; do
    for selection in auto gpu all; do
        echo "$devices, $selection: $(sim --devices $devices -- -d $selection -n 1e7 --json | tee run.json | field hits | head -n 1) $(field mismatches <run.json)"
    done
done
for selection in gpu:0 gpu:1 gpu:1,0 gpu:0,0,0; do
    echo "$selection: $(sim --devices 2 -- -d $selection -n 1e7 --json | tee run.json | field hits | head -n 1), $(field id <run.json | tr '\n' ' ')$(field threads <run.json | head -n 1)"
done
for slow in 2 7; do
    echo "one of them $slow times slower: $(sim --devices 2 --slow dev=1,x=$slow -- -d gpu -n 1e7 --json | field hits | head -n 1)"
done
sim --devices 2 -- -d gpu -s 7 --first 8589000000 -n 2000001 --json | field hits | head -n 1
sim --devices 2 -- -d gpu:2 -n 1; echo "exit code $?"
sim --devices 0 -- -d gpu -n 1; echo "exit code $?"
sim --driver none -- -d gpu -n 1; echo "exit code $?"
