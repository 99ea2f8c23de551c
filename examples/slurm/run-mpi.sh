#!/bin/bash
# A run on several nodes that may need several jobs: sbatch run-mpi.sh
#
# The job is requeued when it is preempted, when a node fails and when its time is over, and continues the run, on any
# number of nodes.
#SBATCH --job-name=mcpi-mpi
#SBATCH --nodes=4 --ntasks-per-node=1 --exclusive --time=1:00:00
#SBATCH --requeue --open-mode=append
#SBATCH --signal=TERM@60

checkpoint=run.checkpoint
before=$(cksum "$checkpoint" 2>/dev/null)

# Slurm signals the ranks. If it signals this shell as well, the shell must outlive them.
trap : TERM
# One rank a node, with all CPUs of the node: srun alone gives a rank one CPU. -K: if a rank dies, the step ends.
srun --mpi=pmix --cpus-per-task="$SLURM_CPUS_ON_NODE" --cpu-bind=none -K \
    mcpi-mpi -q -n 1e15 --continue "$checkpoint" -o run.json
code=$?

# A signal ended a rank: a time limit or preemption if the job still runs, otherwise scancel. Requeue only a run that has
# made progress, so that no job is requeued forever. With another exit code the run is complete (0), or would fail again.
if [ $code -ge 128 ] && [ "$before" != "$(cksum "$checkpoint" 2>/dev/null)" ] &&
    scontrol show job "$SLURM_JOB_ID" | grep -q JobState=RUNNING; then
    scontrol requeue "$SLURM_JOB_ID"
fi
exit $code
