# A job that Slurm ends with two SIGTERM to each rank leaves report, result and checkpoint, and continues when it is requeued.
. "$CASES/mpi.bash"
mkdir bin
ln -s "$(command -v mcpi)" bin/mcpi-mpi
cat >bin/scontrol <<'END'
#!/bin/sh
echo "scontrol $*" >>calls
if [ "$1" = show ]; then echo "   JobState=RUNNING Reason=None"; fi
END
# The options of srun that matter are those of the script; two ranks stand for two nodes.
cat >bin/srun <<'END'
#!/bin/bash
while [[ $1 == -* ]]; do options+=("$1") && shift; done
echo "srun ${options[*]} $*" >>calls
exec $MPIRUN_COMMAND -np 2 "$@"
END
chmod +x bin/*
export MPIRUN_COMMAND="${MPIRUN:-mpirun} ${mpirun_options[*]}"
export PATH=$PWD/bin:$PATH SLURM_JOB_ID=7 SLURM_CPUS_ON_NODE=2
script=$CASES/../../examples/slurm/run-mpi.sh
sed 's/-n 1e15/-d cpu -t 1 --kernel scalar -n 2e9 --checkpoint-every 100ms/' "$script" >run-mpi.sh
diff "$script" run-mpi.sh | grep -c '^>'
bash run-mpi.sh >out 2>err &
job=$!
until [ -e run.checkpoint.previous ]; do sleep 0.1; done
ranks=$(pids $job)
wc -w <<<"$ranks"
# shellcheck disable=SC2086
{ kill -TERM $ranks && sleep 0.003 && kill -TERM $ranks 2>/dev/null; }
wait $job; echo "exit code $?"
sans_mpirun <err
darts=$(field darts <run.json | head -n 1)
[ "$(field hits <run.json | head -n 1)" = "$(recount 0 "$darts")" ] && echo "a prefix, complete: $(field complete <run.json)"
grep -o "in $darts darts" out | sed "s/$darts/these/"
echo "-- requeued"
bash run-mpi.sh >out 2>err; echo "exit code $?"
sans_mpirun <err
[ "$(field resumed_darts <run.json)" = "$darts" ] && echo "nothing is counted twice"
[ "$(field hits <run.json | head -n 1)" = "$(recount 0 2e9)" ] && echo "complete: $(field complete <run.json)"
bash run-mpi.sh >out 2>err; echo "exit code $?"
cut -d ' ' -f 1-7 calls
echo "-- another run, and the same run by one process"
ranks 2 -q -d cpu -n 5 --continue run.checkpoint; echo "exit code $?"
"$MCPI" -q -d cpu --continue run.checkpoint --json | field complete
