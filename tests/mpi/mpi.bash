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

# until_catching JOB COUNT: wait until COUNT ranks catch SIGTERM, for up to a minute. Setting up MPI takes long on a busy machine.
until_catching() {
    local tries pid ready
    for tries in {1..600}; do
        ready=0
        for pid in $(pids "$1"); do
            if grep -q '^SigCgt:.*[4567cdef]...$' "/proc/$pid/status" 2>/dev/null; then ready=$((ready + 1)); fi
        done
        [ "$ready" -lt "$2" ] || return 0
        sleep 0.1
    done
    echo "after $((tries / 10)) s, $ready of $2 ranks catch signals" >&2
}

field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }

# The exact count of darts [first, first + darts), counted by one process.
recount() { "$MCPI" -q -d cpu --first "$1" -n "$2" --json | field hits | head -n 1; }
