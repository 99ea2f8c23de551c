#!/bin/bash
# A run on one node that may need several jobs: sbatch run.sh
#
# The job is requeued when it is preempted, when its node fails and when its time is over, and continues the run.
#SBATCH --job-name=mcpi
#SBATCH --nodes=1 --exclusive --time=1:00:00
#SBATCH --requeue --open-mode=append
#SBATCH --signal=B:TERM@60

checkpoint=run.checkpoint
before=$(cksum "$checkpoint" 2>/dev/null)

# Slurm signals this shell. mcpi then saves its progress, writes the partial result and ends with exit code 130.
trap 'kill -TERM $! 2>/dev/null' TERM
mcpi -q -n 1e15 --continue "$checkpoint" -o run.json &
while kill -0 $! 2>/dev/null; do wait $!; done # a signal ends wait, but not mcpi
wait $!
code=$?

# A signal ended mcpi: a time limit or preemption if the job still runs, otherwise scancel. Requeue only a run that has
# made progress, so that no job is requeued forever. With another exit code the run is complete (0), or would fail again.
if [ $code -ge 128 ] && [ "$before" != "$(cksum "$checkpoint" 2>/dev/null)" ] &&
    scontrol show job "$SLURM_JOB_ID" | grep -q JobState=RUNNING; then
    scontrol requeue "$SLURM_JOB_ID"
fi
exit $code
