#!/usr/bin/env bash
# Kill a run that saves its progress, at random moments, and repeat its command each time. At the end the count is the
# golden one: no dart was lost, and none was counted twice. And killed runs leave no temporary files behind that gather.
#
#   kill.sh PROGRAM [KILLS]
set -euo pipefail
program=$1
kills=${2:-200}
golden=7854023410 # golden.tsv: seed 0, stream 0, darts [0, 1e10)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
files=(-o result.json --trace trace.csv --plot picture.svg)
arguments=(-q -d cpu --checkpoint-every 2ms --json)

seed=${SEED:-$RANDOM}
RANDOM=$seed
start=(--continue run -n 1e10)
progress=0
for ((kill = 0; kill < kills; kill++)); do
    # Slow at times, so that it is not over before it has been killed often enough; in other ways every time.
    kernel=()
    ((kill % 4 == 0)) || kernel=(--kernel scalar)
    "$program" "${arguments[@]}" "${kernel[@]}" -t $((kill % 3 + 1)) "${start[@]}" "${files[@]}" >result 2>error &
    sleep "0.0$(printf '%02d' $((RANDOM % 40 + 1)))"
    kill -9 $! 2>/dev/null || { echo "run $kill ended by itself (seed $seed): $(cat error)"; exit 1; }
    wait $! 2>/dev/null || true
    # Of its own run only, and the next one removes that.
    left=$(find . -name '*.tmp' | wc -l)
    [ "$left" -le 1 ] || { echo "run $kill (seed $seed): $left temporary files"; exit 1; }
    [ ! -s error ] || { echo "run $kill (seed $seed): $(cat error)"; exit 1; }
    if [ -e run ]; then
        now=$(awk '/^parts/ { counting = 1; next } /^checksum/ { counting = 0 } counting { sum += $2 } END { printf "%.0f", sum }' run)
        [ "$now" -ge "$progress" ] || { echo "run $kill (seed $seed): from $progress darts to $now"; exit 1; }
        progress=$now
    fi
done
hits=$("$program" -q -d cpu "${start[@]}" --json | grep -oE '"hits":[0-9]+' | head -n 1 | cut -d: -f2)
echo "killed $kills times, with $progress darts done by then; $hits hits, seed $seed"
[ "$hits" = "$golden" ]
[ -z "$(find . -name '*.tmp' -o -name '*.lock')" ]

# Killed while they write what they have: a name is there for some microseconds only before it is the right one.
for ((kill = 0; kill < kills; kill++)); do
    rm -f short short.previous
    "$program" -q -d cpu -n 1e6 --checkpoint short --checkpoint-every 1ms "${files[@]}" >/dev/null 2>&1 &
    sleep "0.0$(printf '%02d' $((RANDOM % 40 + 1)))"
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
done
left=$(find . -name '*.tmp' | wc -l)
echo "killed $kills short runs: $left temporary files"
[ "$left" -le $((kills / 50)) ]
