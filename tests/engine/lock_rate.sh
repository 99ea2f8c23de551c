#!/usr/bin/env bash
# Check that no worker takes a lock more than a thousand times a second.
#
#   lock_rate.sh LIBRARY PROGRAM     LIBRARY is lock_count.c, compiled; PROGRAM is mcpi
set -euo pipefail
for workers in 1 2 8; do
    locks=$(LD_PRELOAD=$1 "$2" -q -d cpu -t $workers -T 1s --json 2>&1 >/dev/null | sed -nE 's/^([0-9]+) locks$/\1/p')
    echo "$workers workers: $((locks / workers)) locks a second each"
    [ "$locks" -gt 0 ] && [ $((locks / workers)) -le 1000 ] || exit 1
done
