# shellcheck shell=bash
# Sourced by the cases. `mcpi` is mcpi-mpi here; MCPI names the program for one machine, MPIRUN the launcher of the MPI
# that mcpi-mpi was built with. No case sets an option of MPI itself.

mpirun() { command "${MPIRUN:-mpirun}" "$@"; }

# More ranks than CPUs, each free to use all of them.
mpirun_options=(--oversubscribe --bind-to none)
if [[ $(mpirun --version 2>&1) == HYDRA* ]]; then mpirun_options=(-bind-to none); fi # MPICH

# ranks COUNT ARGUMENT...: mcpi with COUNT ranks. mpirun's own messages about exit codes are omitted.
ranks() {
    local count=$1
    shift
    mpirun "${mpirun_options[@]}" -np "$count" mcpi "$@" 2> >(sans_mpirun >&2)
    local code=$?
    wait $! 2>/dev/null || true
    return "$code"
}

# Open MPI frames what it says by lines of dashes, MPICH by lines of equals signs.
sans_mpirun() {
    awk '/^(----|====)/ { inside = !inside; next } !inside && NF && !/^YOUR APPLICATION TERMINATED|^Abort\(|^application called MPI_Abort/'
}

# pids JOB: the ranks below this process, in the order in which they were started.
pids() {
    ps -e -o pid=,ppid=,comm= --sort=start_time,pid |
        awk -v root="$1" '{ parent[$1] = $2; if ($3 ~ /^mcpi/) found[++n] = $1 }
            END { for (i = 1; i <= n; i++) { for (p = found[i]; p > 1 && p != root; p = parent[p]); if (p == root) print found[i] } }'
}

field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }

# The exact count of darts [first, first + darts), counted by one process.
recount() { "$MCPI" -q -d cpu --first "$1" -n "$2" --json | field hits | head -n 1; }
