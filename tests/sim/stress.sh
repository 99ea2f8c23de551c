# The stress test on simulated GPUs that fail, hang, lose bits or count wrong: each is named, the others are not.
. "$CASES/sim.bash"
anonymous() {
    sed -E '/^simcuda: /d; s/[0-9]+ hits/N hits/g; s/(have|device is) [0-9]+/\1 N/g; s/\[[0-9]+, [0-9]+\)/[A, B)/g
        s/cuda[A-Z][A-Za-z]+( for darts \[A, B\))?: cudaError/CALL: cudaError/g; s/within [0-9.]+ s/within T s/'
}
# Per device: state, and which kinds of fault.
devices() {
    grep '"summary":true' | sed 's/{"id"/\n&/g' | sed -nE 's/^\{"id":("[^"]*").*"tested":(true|false).*"darts":([0-9]+).*"transient":([0-9]+),"persistent":([0-9]+),"undecided":([0-9]+)\}.*/\1 \2 \3 \4 \5 \6/p' |
        awk '{ kinds = ($4 == 1 ? " 1 transient" : $4 > 1 ? " transient" : "") ($5 > 0 ? " persistent" : "") ($6 > 0 ? " undecided" : "")
               print $1 " " ($2 == "true" ? "tested" : "checks") " " ($3 > 0 ? "counted" : "never counted") kinds }' |
        sed -E 's/"cpu:[0-9]+"/"cpu:K"/' | sort -u
}
try() { # TITLE SIMULATOR-OPTION... -- ARGUMENT...
    echo "-- $1"
    shift
    sim "$@" --json >out.json 2>err; echo "exit code $?"
    anonymous <err
    devices <out.json
}
try "two sound GPUs" --devices 2 -- stress -d gpu -T 2s
try "one by itself" --devices 1 -- stress -d gpu -t 1 -T 2s
try "with the CPU" --devices 1 -- stress -d all -t 1 -T 2s
for fault in kind=flip,dev=1,nth=6,bit=3 kind=corrupt,dev=1,nth=6,bit=3 kind=kernel,dev=1,nth=6; do
    try "$fault" --devices 2 --fail "$fault" -- stress -d gpu -T 4s --workers threads # the simulator counts in each process
done
try "no memory on one" --devices 2 --fail call=cudaMalloc,dev=1,error=cudaErrorMemoryAllocation -- stress -d gpu -T 2s
try "every copy loses a bit" --devices 2 --fail kind=flip,dev=0,times=0,bit=2 -- stress -d gpu -T 2s
