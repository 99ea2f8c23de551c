# An error is reported once, whichever rank has it.
. "$CASES/mpi.bash"
ranks 3 -n 1x; echo "exit code $?"
ranks 3 -n 1e6 --kernel nosuch -d cpu 2>&1 | sed 's/runs .*/runs KERNELS/'
mpirun "${mpirun_options[@]}" -np 1 mcpi -q -d cpu -t 1 -n 1e6 : -np 2 mcpi --threads 0 2>&1 | sans_mpirun
mpirun "${mpirun_options[@]}" -np 2 mcpi -q -d cpu -t 1 -n 1e6 : -np 1 mcpi -d gpu:x 2>&1 | sans_mpirun
ranks 2 -d gpu 2>&1 >/dev/null | sed 's/can be used: .*/can be used: REASON/'; echo "exit code ${PIPESTATUS[0]}"
ranks 4 -d cpu -t 1024 -n 1e6 2>&1 | sed 's/on .* would/on NODE would/; s/most [0-9]*/most N/'; echo "exit code ${PIPESTATUS[0]}"
ranks 2 compare; echo "exit code $?"
ranks 2 -d cpu --expect cpu; echo "exit code $?"
ranks 2 -q -d cpu --first 2^63 -n 1; echo "exit code $?"
ranks 2 -q -d cpu -n 1e6 -o /nowhere/result.json; echo "exit code $?"
ranks 2 -q -d cpu -n 1e6 --resume nothing; echo "exit code $?"
# Rank 0 waits for a reader of the FIFO; the other rank sends signs of life meanwhile. UCX, below MPICH, warns on standard
# output of messages that are left at the end.
mkfifo slow
(sleep 1.5; timeout 10 cat slow) &
ranks 2 -q -d cpu -n 1e6 -o slow --checkpoint /nowhere/state 2>/dev/null; echo "exit code $?"
wait
ranks 2 --version | sed -nE '1p; s/^(MPI) +[^ ].*/\1/p'
ranks 1 compare -q -d cpu -t 1 -T 50ms --json 2>/dev/null | field identical # warnings about other load
