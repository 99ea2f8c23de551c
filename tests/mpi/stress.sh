# A stress test of a job: the first rank of each node tests it, and rank 0 has one verdict. Here all ranks are on one node.
. "$CASES/mpi.bash"
# What depends on the machine: its name, how much was counted, times, and why it has no GPU.
plain() {
    sed -E "s/\b$(hostname)\b/NODE/g; s/[0-9]+ cores?( \+)?/N cores\1/; s/ +[0-9.e]+ +0\$/ N 0/; s/in [0-9]+ s/in N s/; s/, [0-9.e]+ darts/, N darts/
        s/no GPU was tested \(NODE: [^)]*\)/no GPU was tested (NODE: REASON)/; s/^mcpi: [0-9]+ s .* disagree/mcpi: N s LINE disagree/; s/is missing: .*/is missing: REASON/
        s/(tests this node, with) [0-9]+ of [0-9]+/\1 N of M/; s/runs .*/runs KERNELS/; s/ +/ /g"
}
echo "--- good"
ranks 2 stress -d cpu -T 1s --interval 400ms --metrics m.prom >out 2>err; echo "exit code $?"
plain <out
plain <err | sort | uniq
grep -E '^mcpi_stress_(running|passed|exit_code) ' m.prom
echo "--- quiet, as JSON, and in a file"
ranks 2 stress -q -d cpu -T 1s --interval 400ms --json -o out.json >lines.json; echo "exit code $?"
[ "$(tail -n 1 lines.json | field nodes)" = "$(field nodes <out.json)" ] || echo "the file is not the last line"
[ "$(wc -l <lines.json)" -ge 2 ] || echo "no lines but the last"
for key in schema status exit_code summary rank state; do echo "$key: $(tail -n 1 lines.json | field $key | tr '\n' ' ')"; done
echo "status before: $(head -n 1 lines.json | field status | wc -l)"
echo "darts counted: $(tail -n 1 lines.json | grep -c '"darts":[1-9]')"
echo "--- devices that are missing"
ranks 2 stress -q -T 1s --expect gpu:99 2>&1 | plain; echo "exit code ${PIPESTATUS[0]}"
echo "--- refused, by rank 0, another rank, the node, and all ranks that have another command"
ranks 2 stress -T 1x; echo "exit code $?"
mpirun "${mpirun_options[@]}" -np 1 mcpi stress -q -T 1s : -np 1 mcpi stress -T 1x 2>&1 | sans_mpirun
ranks 2 stress -q -T 1s -d cpu --kernel nosuch 2>&1 | plain; echo "exit code ${PIPESTATUS[0]}"
ranks 2 stress -q -T 1s --metrics /nowhere/m.prom 2>&1 | plain; echo "exit code ${PIPESTATUS[0]}"
ranks 2 stress -q -T 1s -o /nowhere/result.json; echo "exit code $?"
mpirun "${mpirun_options[@]}" -np 1 mcpi stress -q -T 1s : -np 1 mcpi -n 1e6 2>&1 | sans_mpirun
mpirun "${mpirun_options[@]}" -np 1 mcpi -q -n 1e6 : -np 1 mcpi stress -T 1s 2>&1 | sans_mpirun
echo "--- stopped by a signal to any rank, with and without a time"
# stop WHICH ARGUMENT...: a signal to one of the ranks, once devices are tested.
stop() {
    local which=$1 job
    rm -f m.prom
    ranks 2 stress -q -d cpu --metrics m.prom "${@:2}" >out 2>&1 & job=$!
    until grep -qs '^mcpi_stress_up' m.prom; do sleep 0.05; done
    kill -TERM "$(pids $job | sed -n "${which}p")"
    wait $job; echo "exit code $?"
    plain <out
}
stop 1 -T 1h
stop 2 -T 1h
stop 2
