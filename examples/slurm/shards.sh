#!/bin/bash
#SBATCH --array=0-99 --gpus=1
#SBATCH --requeue --open-mode=append --signal=B:TERM@60
mkdir -p shards
darts=$((10 ** 13))
shard=shards/$SLURM_ARRAY_TASK_ID
exec mcpi -q -d gpu --first $((SLURM_ARRAY_TASK_ID * darts)) -n $darts --continue "$shard.checkpoint" -o "$shard.json"
