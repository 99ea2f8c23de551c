# mcpi-mpi has a help of its own, which rank 0 prints, also for several processes.
. "$CASES/mpi.bash"
mcpi --help
ranks 2 help | cmp - <(mcpi --help)
ranks 2 --help | cmp - <(mcpi --help)
ranks 2 run -h | cmp - <(mcpi help run)
ranks 2 compare -h | head -n 1
ranks 2 version | head -n 1
mcpi help stress | head -n 3
mcpi help stress | grep -A 9 ^Examples
ranks 2 --sampls 1; echo "exit code $?"
ranks 2 --metrics m; echo "exit code $?"
