# shellcheck shell=bash
# Sourced by the cases: the whole program on simulated GPUs. SIMCUDA names the simulator's command.

# sim OPTION... -- ARGUMENT...: run mcpi so.
sim() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    "${SIMCUDA:?}" --preload "${options[@]}" -- "$(command -v mcpi)" "$@"
}

field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }
