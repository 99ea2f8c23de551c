#!/usr/bin/env bash
# What a profiler receives from a run: few, fixed names in the domain mcpi, every NVTX range ended, categories that name
# devices, and payloads that add up to the darts of the run.
#
#   nvtx.sh LIBRARY COMMAND...     LIBRARY is nvtx_log.c, compiled; COMMAND is mcpi with its devices
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

# Each thing is registered once, and nothing is outside the domain.
[ "$(grep -c '^domain ' "$heard")" = 1 ] || fail "not one domain"
grep -q '^domain mcpi$' "$heard" || fail "the domain is not mcpi"
if grep -E '^wrong|wrong:' "$heard"; then fail "not in the domain, not registered, or not a uint64"; fi
[ -z "$(grep '^string ' "$heard" | sort | uniq -d)" ] || fail "a name was registered twice"
[ -z "$(sed -nE 's/^category ([0-9]+) .*/\1/p' "$heard" | sort | uniq -d)" ] || fail "a category has two names"
[ -z "$(sed -nE 's/^category [0-9]+ //p' "$heard" | sort | uniq -d)" ] || fail "a device has two categories"

# The names, and what they must have.
names='^string (set-up|recount|merge|(count|kernel trial) [a-z0-9-]+)$'
if grep '^string ' "$heard" | grep -vE "$names"; then fail "a name that is not documented"; fi
[ "$(grep -c '^string ' "$heard")" -le 12 ] || fail "more than a dozen names"
if grep '^category ' "$heard" | grep -vE '^category [1-9][0-9]* (cpu|gpu:[0-9]+)$'; then fail "a category is no device"; fi
awk '
    $1 == "category" { named[$2] = 1 }
    $1 == "push" && !($3 in named) { print "no category: " $0; wrong = 1 }
    $1 == "push" && ($5 == "set-up") != ($4 == "-") { print "darts: " $0; wrong = 1 }
    $1 == "push" { depth[$2]++ }
    $1 == "pop" && --depth[$2] < 0 { print "a pop without a push"; wrong = 1 }
    END {
        for (thread in depth) if (depth[thread] != 0) { print "not ended: thread " thread; wrong = 1 }
        exit wrong
    }' "$heard" || fail "the ranges are wrong"

# Every dart is counted once, merged once, and, with --verify full, recounted once.
darts_of() {
    awk -v name="$1" '$1 == "push" && substr($0, index($0, $5)) ~ name { sum += $4 } END { printf "%d\n", sum }' "$heard"
}
for name in '^(count|kernel trial) ' '^merge$' '^recount$'; do
    [ "$(darts_of "$name")" = 1000000 ] || fail "$name: $(darts_of "$name") darts"
done
[ "$(grep -cE '^push [0-9]+ [0-9]+ - set-up$' "$heard")" -gt 0 ] || fail "no set-up"
echo "heard of $(grep -c '^push' "$heard") ranges with $(grep -c '^string' "$heard") names"
