# A launcher that leaves CPUs unused: mcpi-mpi says so once, and what helps under this launcher. Needs two CPUs.
. "$CASES/mpi.bash"
[ "$(getconf _NPROCESSORS_ONLN)" -gt 1 ] || { echo "one CPU"; exit 77; }
cpu=$(taskset -cp $$ | grep -oE '[0-9]+' | tail -n 1)
note() { "$@" 2>&1 >/dev/null | grep 'may use' | sed -E 's/^mcpi: [^:]*:/mcpi: NODE:/; s/of [0-9]+ CPUs/of ALL CPUs/; s/-c [0-9]+/-c N/; s/gives [0-9]+/gives N/' || true; }
count=(-d cpu -n 1e6)
echo "-- mpirun, two processes"
note mpirun "${mpirun_options[@]}" -np 2 taskset -c "$cpu" mcpi "${count[@]}"
echo "-- mpirun in a Slurm job"
note mpirun "${mpirun_options[@]}" -np 2 env SLURM_JOB_ID=1 OMPI_COMM_WORLD_SIZE=2 taskset -c "$cpu" mcpi "${count[@]}"
echo "-- srun"
note env SLURM_JOB_ID=1 taskset -c "$cpu" mcpi "${count[@]}"
echo "-- with --threads, quiet, or with all CPUs"
note taskset -c "$cpu" mcpi "${count[@]}" -t 1
note taskset -c "$cpu" mcpi "${count[@]}" -q
note mpirun "${mpirun_options[@]}" -np 1 mcpi "${count[@]}"
