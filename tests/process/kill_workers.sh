#!/usr/bin/env bash
# Kill worker processes at random moments, and some of the programs that started them. A run whose workers are killed ends
# with the golden count and exit code 0, or says that no worker is left to count: never with another count, and it never
# hangs. No process is left behind.
#
#   kill_workers.sh PROGRAM [KILLS]
#
# DEVICES: selections to choose from (default: "cpu"); SEED: repeats the choices of another call, though not its moments.
set -euo pipefail
[ -e "/proc/$$/task/$$/children" ] || { echo "this kernel does not list the children of a process"; exit 77; }
program=$(readlink -f "$1")
kills=${2:-60}
read -ra selections <<<"${DEVICES:-cpu}"
golden=785416626 # golden.tsv: seed 0, stream 0, darts [0, 1e9)
darts=1e9
if [ -n "${DARTS:-}" ]; then
    darts=$DARTS
    golden=$("$program" -q -d cpu -n "$darts" --json | grep -oE '"hits":[0-9]+' | head -n 1 | cut -d: -f2)
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
seed=${SEED:-$RANDOM}
RANDOM=$seed

field() { grep -oE "\"$1\":[^,}]+" result | head -n 1 | cut -d: -f2; }
fail() { echo "run $runs (${arguments[*]}; seed $seed): $*; $(cat error)"; exit 1; }
nap() { sleep "0.$(printf '%03d' $((RANDOM % 80 + 1)))"; }

# The worker processes of the program that runs, as an array.
list_workers() {
    local pid children=() name
    workers=()
    read -ra children -d '' < <(cat "/proc/$parent/task"/*/children 2>/dev/null) || true
    for pid in "${children[@]}"; do
        if { read -r -d '' name <"/proc/$pid/cmdline"; } 2>/dev/null && [ "$name" = mcpi-worker ]; then workers+=("$pid"); fi
    done
}

# Wait until a process has ended. The program has reaped it, or is about to, or init does.
expect_gone() {
    local pid tries
    for pid in "$@"; do
        for ((tries = 0; ; tries++)); do
            if grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null || [ ! -e "/proc/$pid" ]; then break; fi
            [ $tries -lt 1000 ] || fail "worker process $pid is left behind"
            sleep 0.01
        done
    done
}

runs=0 killed=0 restarted=0 failed=0 parents=0 all_workers=()
while [ $killed -lt "$kills" ]; do
    ((++runs))
    verify=(off on full)
    arguments=(-q -d "${selections[RANDOM % ${#selections[@]}]}" -t $((RANDOM % 4 + 1)) --verify "${verify[RANDOM % 3]}"
        --workers processes -n "$darts" --json)
    timeout -k 1 "${LIMIT:-120}" "$program" "${arguments[@]}" >result 2>error &
    limiter=$!
    until parent=$(cat "/proc/$limiter/task/$limiter/children" 2>/dev/null) && [ -n "$parent" ]; do
        [ -e "/proc/$limiter" ] || break
        sleep 0.002
    done
    parent=${parent% } all_workers=()
    ends_early=$((RANDOM % 10 == 0))
    for ((blows = RANDOM % 12 + 1; blows > 0; blows--)); do
        nap
        list_workers
        all_workers+=("${workers[@]}")
        [ ${#workers[@]} -gt 0 ] || continue
        if kill -KILL "${workers[RANDOM % ${#workers[@]}]}" 2>/dev/null; then ((++killed)); fi
    done
    if [ $ends_early -eq 1 ] && kill -KILL "$parent" 2>/dev/null; then ((++parents)); fi
    code=0
    wait $limiter 2>/dev/null || code=$?
    expect_gone "${all_workers[@]}"
    case $code in
    0)
        [ "$(field complete)" = true ] || fail "exit code 0, but not complete"
        [ "$(field hits)" = "$golden" ] || fail "$(field hits) hits"
        while read -r found; do restarted=$((restarted + found)); done < <(sed 's/"workers":\[[^]]*\]//g' result | grep -oE '"restarts":[0-9]+' | cut -d: -f2)
        ;;
    1)
        [ "$(field complete)" = false ] || fail "exit code 1, but complete"
        grep -qE 'no worker is left to count|not all could be recounted' error || fail "exit code 1"
        ((++failed))
        ;;
    137) [ $ends_early -eq 1 ] || fail "exit code 137" ;;
    *) fail "exit code $code" ;;
    esac
done
echo "killed $killed worker processes in $runs runs: $restarted replaced, $failed runs without a worker left;" \
    "killed $parents programs: no worker left behind; seed $seed"
