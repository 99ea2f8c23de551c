# The trace of a count is the same on any GPUs, with the CPU, and if one of them counts wrong.
. "$CASES/sim.bash"
sim --devices 0 -- -q -d cpu -n 3e6 --trace cpu.csv >/dev/null
for selection in gpu:0 gpu:0,0 gpu all; do
    sim --devices 2 -- -q -d $selection -n 3e6 --trace gpu.csv >/dev/null
    cmp gpu.csv cpu.csv && echo "$selection: the same"
done
for fault in kind=kernel,dev=1,nth=2,error=cudaErrorECCUncorrectable kind=flip,dev=1,nth=2,bit=3; do
    sim --devices 2 --fail "$fault" -- -q -d gpu -n 3e6 --verify full --trace gpu.csv >/dev/null 2>&1
    cmp gpu.csv cpu.csv && echo "$fault: the same"
done
grep -E '^(10|1000000|3000000),' gpu.csv | cut -d, -f1,2; wc -l <gpu.csv
