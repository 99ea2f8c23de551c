# The rows, the counts and the keys. The test does not check speeds.
# Warnings about other load on this machine are not compared.
measure() {
    mcpi "$@" 2>warnings
    local code=$?
    grep -vE 'with caution$|95 % interval is too narrow' warnings >&2
    rm warnings
    return $code
}
# Two workers are all cores of some machines.
two() { sed -E -e 's/all cores|2 threads/two/g' -e 's/all N (cores|CPU threads)|N CPU workers/two/'; }
command -v jq >/dev/null || { echo "no jq"; exit 77; }
measure compare -q -d cpu -t 2 -T 100ms --json -o compare.json >out.json
cmp out.json compare.json
hits=$(jq '.rows[].hits' compare.json | sort -u)
echo "distinct counts: $(wc -l <<<"$hits")"
[ "$(mcpi -q -d cpu -n "$(jq .darts compare.json)" --json | jq .hits)" = "$hits" ] && echo "and it is the count of those darts"
echo "-- keys"
jq -c 'keys_unsorted' compare.json
jq -c '.rows[0] | keys_unsorted, .darts_per_second, .bound, .energy, .rounds[0], .start_to_result[0] |
    if type == "object" then keys_unsorted else . end' compare.json
jq -c '.rows[] | [.who, .workers, .threads, .gpus, .worker_kind, .devices, (.rounds | length) >= 10]' compare.json | two
jq -c '.break_even[] | [.who, .against]' compare.json | two
jq -r '.headline | gsub("[0-9.]+"; "N")' compare.json | two
jq -c '[.rows[0] | .speedup_vs_core.median == 1, .bound.share > 0, (.bound.predicted | not), .setup_seconds > 0]' compare.json
echo "-- text; the number of rounds is given, so that their end does not depend on the noise"
measure compare -q -d cpu -t 2 -T 100ms --rounds 6 --kernel scalar |
    sed -E -e 's/[0-9]+(\.[0-9]+)?(e[0-9]+)?/0/g' -e 's/0 (us|ms|s)/0 s/g' -e 's/ +/ /g' -e 's/0 \+- 0/0/g' -e 's/^cpu: .*/cpu: NAME/' \
        -e 's/all 0 (cores|CPU threads)|0 CPU workers/two/g' -e 's/all cores|0 threads/two/' -e 's/ watts darts.J$//' \
        -e 's/(0 %) [0-] [0-]$/\1/' -e '/^Energy unknown/d' -e '/pays? from|the result before|not known if/d'
echo "-- lists of workers and kernels"
measure compare -q -d cpu -t 2,1 --kernel scalar,scalar; echo "exit code $?"
measure compare -q -d cpu -t 2,1 --kernel scalar,sse9; echo "exit code $?"
measure compare -q -d cpu -t 1,3 -T 50ms --rounds 2 --kernel scalar --csv -n 1e5 >table.csv
cut -d, -f1,3-9,20,22 table.csv
echo "-- several files of one comparison"
measure compare -q -d cpu -t 1 -T 50ms --rounds 2 --kernel scalar --markdown -o a.csv -o a.txt -o a.json | grep -E '^\| (device|one core)' | cut -d'|' -f2,3
sed '/^Energy unknown/d' a.txt | awk 'length > 80'
head -c 23 a.csv; echo; grep -o '^device  *kernel' a.txt; jq -r .schema a.json
echo "-- errors"
for rounds in 0 1001 2.5; do
    mcpi compare --rounds $rounds; echo "exit code $?"
done
mcpi compare -n 0; echo "exit code $?"
mcpi compare --first 2^63; echo "exit code $?"
