# A stress test of three nodes: one is good, one has a GPU that counts wrong, one lacks an expected GPU. Then one node falls
# silent: the others get their verdict, and the silent one is named.
. "$CASES/mpi.bash"
if ! [ -x "${SIMCUDA:-}" ] || ! [ -x "${MPI_SIM:-}" ]; then echo "no simulated GPUs"; exit 77; fi
[[ ${mpirun_options[0]} != -bind-to ]] || { echo "the nodes of namespaces are for Open MPI"; exit 77; }
on_nodes() { "$CASES/cluster" --plain 3 "${MPIRUN:-mpirun}" "${mpirun_options[@]}" "$@"; }
# The simulator counts the calls of each process, so a fault would return in the next one.
simulated() { echo "$SIMCUDA" --preload --fp64-ratio 64 "${@:2}" -- "$MPI_SIM" stress -q -d gpu --workers threads --expect gpu=2 --interval 500ms --metrics "$PWD/$1"; }
plain() {
    sed -E 's/ +[0-9.e]+ +[1-9][0-9]*$/ N FAULTS/; s/ +[0-9.e]+ +0$/ N 0/; s/ +/ /g; s/[0-9]+ hits/N hits/g; s/device is [0-9]+/device is N/
        s/sum is [0-9]+/sum is N/; s/\[[0-9]+, [0-9]+\)/[A, B)/; s/; in [0-9]+ s, [0-9.e]+ darts/; in N s, N darts/; s/[0-9]+ disagreements?/N disagreements/; s/have [0-9]+/have N/'
}
# shellcheck disable=SC2046
on_nodes -np 1 -H node1:1 $(simulated good.prom --devices 2) : \
    -np 1 -H node2:1 $(simulated wrong.prom --devices 2 --fail kind=flip,dev=1,nth=2,bit=3,times=0) : \
    -np 1 -H node3:1 $(simulated few.prom --devices 1) >out 2>err & job=$!
until [ "$(grep -hsE '^mcpi_stress_darts_total.* [1-9]' good.prom wrong.prom | grep -c gpu:)" -eq 4 ] &&
    grep -q '^mcpi_stress_disagreements_total.*gpu:1.* [1-9]' wrong.prom; do sleep 0.1; done
kill -TERM "$(pids $job | head -n 1)"
wait $job; echo "exit code $?"
plain <out
sans_mpirun <err | grep '^mcpi: ' | plain | sort
for node in good wrong few; do echo "$node: $(sed -n 's/^mcpi_stress_exit_code //p' $node.prom)"; done
echo "--- a node that falls silent"
on_nodes -H node1:1,node2:1,node3:1 mcpi stress -q -d cpu --metrics m.prom >out 2>err & job=$!
until grep -qs '^mcpi_stress_up' m.prom; do sleep 0.05; done
# send SIGNAL RANK
send() {
    local pid
    for pid in $(pids $job); do
        if grep -qz "^OMPI_COMM_WORLD_RANK=$2\$" "/proc/$pid/environ"; then kill "-$1" "$pid"; fi
    done
}
send STOP 2
send TERM 1
wait $job && echo "it ended well?" # the exit code is mpirun's
plain <out | sed -E 's/since .*/since WHEN/; s/([0-9]+ cores?|none) N/DEVICES N/'
