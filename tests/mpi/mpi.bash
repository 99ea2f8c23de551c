# shellcheck shell=bash
# Sourced by the cases. `mcpi` is mcpi-mpi here; MCPI names the program for one machine.

# ranks COUNT ARGUMENT...: mcpi with so many ranks, as many as may be on each CPU. What mpirun itself says about exit
# codes is left out.
ranks() {
    local count=$1
    shift
    mpirun "${mpirun_options[@]}" -np "$count" mcpi "$@" 2> >(sans_mpirun >&2)
    local code=$?
    wait $! 2>/dev/null || true
    return "$code"
}

mpirun_options=(--oversubscribe --bind-to none)

sans_mpirun() {
    awk '/^----/ { inside = !inside; next } !inside && NF'
}

field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }

# The exact count of darts [first, first + darts), counted by one process.
recount() { "$MCPI" -q -d cpu --first "$1" -n "$2" --json | field hits | head -n 1; }
