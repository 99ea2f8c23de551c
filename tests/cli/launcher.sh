# A launcher that starts several processes of mcpi gets several runs of the same darts. The first process says so.
run() {
    local settings=()
    while [[ $1 == *=* ]]; do settings+=("$1") && shift; done
    echo "-- ${settings[*]}: mcpi $*"
    env -u OMPI_COMM_WORLD_SIZE -u MV2_COMM_WORLD_SIZE -u PMI_SIZE -u SLURM_STEP_NUM_TASKS -u SLURM_PROCID "${settings[@]}" \
        mcpi "$@" 2>&1 >/dev/null | grep launcher || echo "no warning"
}
count=(-q -d cpu -t 1 -n 1e4)
echo "== several processes, one run in each"
run SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 "${count[@]}"
run SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 "${count[@]}" --seed 7
run OMPI_COMM_WORLD_SIZE=8 OMPI_COMM_WORLD_RANK=0 "${count[@]}"
run PMI_SIZE=2 PMI_RANK=0 "${count[@]}"
run MV2_COMM_WORLD_SIZE=2 MV2_COMM_WORLD_RANK=0 "${count[@]}"
echo "== the processes that leave it to the first"
run SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=3 "${count[@]}"
run OMPI_COMM_WORLD_SIZE=8 OMPI_COMM_WORLD_RANK=1 "${count[@]}"
run PMI_SIZE=2 PMI_RANK=1 "${count[@]}"
echo "== one process"
run "${count[@]}"
run SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0 "${count[@]}"
run PMI_SIZE=1 PMI_RANK=0 SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0 "${count[@]}"
echo "== a batch script, which is one process of a job with many tasks"
run SLURM_JOB_ID=6 SLURM_NTASKS=4 SLURM_NPROCS=4 SLURM_PROCID=0 "${count[@]}"
echo "== one process of mpirun, which started daemons by srun"
run OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0 SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 "${count[@]}"
echo "== processes with darts of their own"
run SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 "${count[@]}" --first 0
run SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 "${count[@]}" --stream 0
echo "== a test of every node"
run SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 stress -q -d cpu -T 100ms
run SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 devices
run SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 --version
echo "== what is no number"
run SLURM_STEP_NUM_TASKS=many SLURM_PROCID=0 "${count[@]}"
run SLURM_STEP_NUM_TASKS=-4 "${count[@]}"
run SLURM_STEP_NUM_TASKS= "${count[@]}"
