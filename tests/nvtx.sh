#!/usr/bin/env bash
# What a profiler hears of a run: set-up, every range with its darts, recounts, merges; all that begins ends.
#
#   nvtx.sh LIBRARY COMMAND...     LIBRARY is nvtx_log.c, compiled; COMMAND is mcpi, of 1e6 darts
set -euo pipefail
export NVTX_INJECTION64_PATH=$1
shift
heard=$(mktemp)
trap 'rm -f "$heard"' EXIT
"$@" -q -n 1e6 --verify full >/dev/null 2>"$heard"

fail() {
    printf '%s\n' "$*"
    cat "$heard"
    exit 1
}
begun() { grep -cE "^(push|start [0-9]+) $1" "$heard" || true; }

[ "$(begun 'set-up of ')" -gt 0 ] || fail "no set-up"
[ "$(begun 'merge, darts \[')" -gt 0 ] || fail "no merge"
[ "$(begun 'verify, darts \[')" -gt 0 ] || fail "no verify"
[ "$(grep -c '^push' "$heard")" = "$(grep -c '^pop' "$heard")" ] || fail "push and pop do not pair up"
diff <(sed -nE 's/^start ([0-9]+) .*/\1/p' "$heard" | sort) <(sed -nE 's/^end //p' "$heard" | sort) ||
    fail "start and end do not pair up"
darts=$(sed -nE 's/^start [0-9]+ (cpu|gpu:[0-9]+), darts \[([0-9]+), ([0-9]+)\)$/\2 \3/p' "$heard" |
    awk '{ sum += $2 - $1 } END { print sum }')
[ "$darts" = 1000000 ] || fail "the ranges hold $darts darts"
echo "heard of $(grep -c '^start' "$heard") ranges"
