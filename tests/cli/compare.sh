# The rows and the counts. The test does not check speeds.
# Warnings about other load on this machine are not compared.
measure() {
    mcpi "$@" 2>warnings
    local code=$?
    grep -v 'with caution$' warnings >&2
    rm warnings
    return $code
}
measure compare -q -d cpu -t 2 -T 100ms --json -o compare.json >out.json
cmp out.json compare.json
sed -E -e 's/"darts":("?)[0-9]+/"darts":\1N/g' -e 's/"name":"[^"]*"/"name":"NAME"/g' -e 's/"hits":[0-9]+/"hits":H/g' \
    -e 's/"kernel":"[^"]*"/"kernel":"KERNEL"/g' -e 's/"(median|lowest|highest|low|high|cpu_share)":[0-9.e+-]+/"\1":R/g' \
    -e 's/"(warnings|rounds)":\[[^]]*\]/"\1":[]/g' -e 's/"rounds_ended_by":"[a-z]*"/"rounds_ended_by":"REASON"/' -e 's/"rounds":[0-9]+/"rounds":N/' \
    -e 's/"origin":\{.*"ended":"[^"]*"\}/"origin":{}/' compare.json
sed -E 's/"rounds":\[[^]]*\]/"rounds":[]/g' compare.json >rows.json # each round has counts of its own
hits=$(grep -o '"hits":[0-9]*' rows.json | sort -u)
echo "distinct counts: $(wc -l <<<"$hits")"
darts=$(grep -oE '"darts":[0-9]+' rows.json | cut -d: -f2)
[ "$(mcpi -q -d cpu -n "$darts" --json | grep -o '"hits":[0-9]*' | head -n 1)" = "$hits" ] && echo "and it is the count of those darts"
# The number of rounds is given, so that their end does not depend on the noise.
measure compare -q -d cpu -t 2 -T 100ms --rounds 5 --kernel scalar |
    sed -E -e 's/[0-9]+(\.[0-9]+)?(e[0-9]+)?/0/g' -e 's/ +/ /g' -e 's/(scalar 0 0 0 0).*/\1 NAME/'
for rounds in 0 1001 2.5; do
    mcpi compare --rounds $rounds; echo "exit code $?"
done
measure compare -q -d cpu -t 1 -T 50ms --json | grep -o '"who":"[^"]*"'
mcpi compare --first 2^63; echo "exit code $?"
