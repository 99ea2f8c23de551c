# A GPU that fails during a run is dropped and named. The others finish its ranges, and the count is the golden one.
. "$CASES/sim.bash"
# Which call is the first to meet a fault is up to the clock.
complaints() {
    sed -E -e '/^simcuda: /d' -e 's/cuda[A-Z][A-Za-z]+( for darts \[[0-9]+, [0-9]+\))?: cudaError/CALL: cudaError/g' \
        -e 's/[0-9]+ hits/N hits/g; s/device is [0-9]+/device is N/; s/\[[0-9]+, [0-9]+\)/[A, B)/' err
}
show() {
    complaints
    echo "$(field hits <run.json | head -n 1) hits, complete: $(field complete <run.json)"
}
for fault in \
    call=cudaLaunchKernel,dev=1,nth=2,error=cudaErrorLaunchOutOfResources \
    call=cudaMalloc,dev=1,nth=1,error=cudaErrorMemoryAllocation \
    kind=kernel,dev=1,nth=2,error=cudaErrorECCUncorrectable \
    kind=flip,dev=1,nth=2,bit=3 \
    kind=corrupt,dev=1,nth=3,bit=3 \
    'call=*,dev=1,nth=40,times=0,error=cudaErrorUnknown'; do
    echo "$fault"
    sim --devices 2 --fail "$fault" -- -d gpu -n 1e7 --json >run.json 2>err; echo "exit code $?"
    show
done
echo "two workers on it"
sim --devices 2 --fail kind=kernel,dev=1,nth=3 -- -d gpu:1,1,0 -n 1e7 --json >run.json 2>err; echo "exit code $?"
show
echo "nobody looks"
sim --devices 2 --fail kind=flip,dev=0,nth=2,bit=70 -- -d gpu -n 1e7 --verify off --json >run.json 2>err; echo "exit code $?"
show
echo "the only one"
sim --devices 1 --fail kind=kernel,nth=3 -- -d gpu -n 1e7 --json >run.json 2>err; echo "exit code $?"
complaints
field complete <run.json
darts=$(field darts <run.json | head -n 1)
[ "$(sim --devices 0 -- -d cpu -n "$darts" --json | field hits | head -n 1)" = "$(field hits <run.json | head -n 1)" ] && echo "the count of its darts"
echo "with the CPU"
sim --devices 1 --fail kind=kernel,nth=1 -- -d all -n 1e8 --json >run.json 2>err; echo "exit code $?"
show
