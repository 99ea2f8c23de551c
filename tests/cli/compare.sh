# The rows and the counts. The test does not check speeds.
mcpi compare -q -d cpu -t 2 -T 100ms --json -o compare.json >out.json
cmp out.json compare.json
sed -E -e 's/"darts":("?)[0-9]+/"darts":\1N/g' -e 's/"name":"[^"]*"/"name":"NAME"/g' -e 's/"hits":[0-9]+/"hits":H/g' \
    -e 's/"kernel":"[^"]*"/"kernel":"KERNEL"/g' -e 's/"(median|lowest|highest)":[0-9.e+-]+/"\1":R/g' \
    -e 's/"origin":\{.*"ended":"[^"]*","build":\{[^}]*\}\}/"origin":{}/' compare.json
hits=$(grep -o '"hits":[0-9]*' compare.json | sort -u)
echo "distinct counts: $(wc -l <<<"$hits")"
darts=$(grep -oE '"darts":[0-9]+' compare.json | cut -d: -f2)
[ "$(mcpi -q -d cpu -n "$darts" --json | grep -o '"hits":[0-9]*' | head -n 1)" = "$hits" ] && echo "and it is the count of those darts"
mcpi compare -q -d cpu -t 2 -T 100ms --kernel scalar |
    sed -E -e 's/[0-9]+(\.[0-9]+)?(e[0-9]+)?/0/g' -e 's/ +/ /g' -e 's/(scalar 0 0 0 % 0 \(0-0\) 0).*/\1 NAME/'
mcpi compare -q -d cpu -t 1 -T 50ms --json | grep -o '"who":"[^"]*"'
mcpi compare --first 2^63; echo "exit code $?"
