# The GPUs of a machine are divided among its ranks. A GPU that fails or counts wrong does not change the count.
. "$CASES/mpi.bash"
if ! [ -x "${SIMCUDA:-}" ] || ! [ -x "${MPI_SIM:-}" ]; then echo "no simulated GPUs"; exit 77; fi
simulate() {
    mpirun "${mpirun_options[@]}" "$@" 2>err | tee run.json | field hits | head -n 1
}
gpus=("$SIMCUDA" --preload --devices 2)
for n in 1 2 3; do
    for selection in auto gpu all gpu:1; do
        echo "$n ranks, $selection: $(simulate -np $n "${gpus[@]}" -- "$MPI_SIM" -q -d $selection -n 1e6 --json),\
 $(field id <run.json | sort | tr '\n' ' ')mismatches: $(field mismatches <run.json)"
    done
done
echo "one has no GPU: $(simulate -np 1 "$SIMCUDA" --preload --devices 0 -- "$MPI_SIM" -q -d gpu -n 1e6 --json : -np 1 "${gpus[@]}" -- "$MPI_SIM" -d gpu)"
for fault in call=cudaLaunchKernel,dev=1,nth=2,error=cudaErrorLaunchOutOfResources kind=flip,dev=1,nth=2,bit=3; do
    echo "$fault: $(simulate -np 2 "${gpus[@]}" --fail "$fault" -- "$MPI_SIM" -q -d gpu -n 4e6 --json; echo "exit code ${PIPESTATUS[0]}")"
    grep -v '^simcuda: ' err | sans_mpirun | sed -E 's/^mcpi: [^ ]+:? ?/mcpi: /; s/cuda[A-Z][A-Za-z]+( for darts \[[0-9]+, [0-9]+\))?: cudaError/CALL: cudaError/; s/[0-9]+ hits/N hits/g; s/device is [0-9]+/device is N/; s/\[[0-9]+, [0-9]+\)/[A, B)/'
done
