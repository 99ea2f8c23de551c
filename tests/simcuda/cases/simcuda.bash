# shellcheck shell=bash
# Sourced by the cases: SIMCUDA is the simulator's command, PROGRAMS the folder of what is in programs/, compiled.

# on OPTION... -- PROGRAM ARGUMENT...: run one of the programs and print what it printed and its exit code, without
# addresses and the hashes in names of kernels.
on() {
    local options=() program code=0
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    program=$2
    shift 2
    printf '$ %s\n' "${options[*]} -- $program $*"
    # The braces keep from the shell's standard error that a program died of a signal.
    { "${SIMCUDA:?}" "${options[@]}" -- "${PROGRAMS:?}/simcuda_$program" "$@" >on.out 2>&1; } 2>/dev/null || code=$?
    sed -E -e 's/0x[0-9a-f]+/0xN/g; s/(bounds|access): [0-9a-f]{4,}/\1: N/; s|[^ ]*/(simcuda_)|\1|g' \
        -e 's/_Z[A-Za-z0-9_]*_calls_cu_[A-Za-z0-9_]*[0-9]([a-z_]+)E[A-Za-z]*/\1/g' on.out
    [ "$code" -eq 0 ] || printf 'exit code %d\n' "$code"
}
