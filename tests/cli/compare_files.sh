# Saved sweeps side by side, and pooled. The files are made up.
case $(mcpi merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
cp "$CASES"/sweeps/*.json .
say() { echo "\$ mcpi $*"; mcpi "$@"; echo "exit code $?"; }
refuse() { mcpi compare "$@"; echo "exit code $?"; }

# ---- two ----
say compare monday.json tuesday.json
say compare monday.json wednesday.json 2>warnings
cat warnings
say compare monday.json laptop.json
say compare --csv tuesday.json monday.json
say compare --markdown monday.json wednesday.json 2>/dev/null
say compare --json monday.json laptop.json 2>/dev/null
mcpi compare -q monday.json - -o report.json -o report.csv -o report.md <wednesday.json >report.txt 2>warnings
wc -l <warnings # also with --quiet
mcpi compare --json monday.json - <wednesday.json 2>/dev/null | cmp - report.json
mcpi compare --csv monday.json - <wednesday.json 2>/dev/null | cmp - report.csv
mcpi compare --markdown monday.json - <wednesday.json 2>/dev/null | cmp - report.md
for report in report.txt "compare monday.json laptop.json" "compare monday.json tuesday.json wednesday.json"; do
    # shellcheck disable=SC2086 # several arguments
    if [ -f "$report" ]; then cat "$report"; else mcpi $report 2>/dev/null; fi
done | awk 'length > 80 && !/; the counts of the same darts agree$/ {print "too long: " $0}'

# No difference, too few rounds, no common row.
mcpi compare monday.json monday.json | head -n 1
sed -E 's/"rounds":\[(\{[^}]*\}).*\]\}(,?)$/"rounds":[\1]}\2/' monday.json >few.json
mcpi compare few.json tuesday.json | sed -n '1p; /^one core/p'
sed -e 's/"who":"/"who":"other /' -e 's/T08:00/T07:00/' monday.json >other.json
mcpi compare monday.json other.json | sed '/^B.A is/,$d'

# ---- counts ----
sed 's/"seed":"0"/"seed":"1"/' tuesday.json >seed.json
mcpi compare monday.json seed.json | grep -E 'compared|-n' # other darts
sed -e 's/"hits":785850/"hits":785851/' -e 's/T08:00/T07:00/' tuesday.json >wrong.json
say compare -q monday.json wrong.json
mcpi compare --json monday.json wrong.json 2>/dev/null | grep -o '"counts":.*"files"'
refuse monday.json tuesday.json wrong.json | tail -n 1
sed 's/"identical":true/"identical":false/' monday.json >disagrees.json
refuse monday.json disagrees.json

# ---- pooled ----
say compare monday.json tuesday.json wednesday.json
pool=(monday.json tuesday.json wednesday.json)
for hour in 09 10 11 12; do
    sed "s/T08:00:00Z/T$hour:00:00Z/" monday.json >$hour.json
done
say compare "${pool[@]}" 09.json 10.json 11.json 12.json 2>/dev/null
refuse monday.json tuesday.json monday.json
say compare --csv "${pool[@]}" 2>/dev/null
say compare --json "${pool[@]}" 2>/dev/null
say compare --markdown "${pool[@]}" 2>/dev/null | head -n 6
refuse monday.json tuesday.json laptop.json
refuse monday.json tuesday.json other.json

# ---- of scaling ----
for name in before after; do
    sed -e 's/mcpi.compare.v1/mcpi.scaling.v1/' -e 's/"rows":\[/"steps":[/' -e 's/"who":/"darts":1000000,"step":/' \
        -e 's/speedup_vs_core/speedup/' monday.json >$name.json
done
mcpi compare before.json after.json | sed -n '1p; /^one core/p'
refuse monday.json after.json

# ---- made by this program ----
# On a busy machine the error can exceed the ratio of 1, which then rounds to 0.
mcpi compare -q -d cpu -t 1 -n 1e6 --rounds 6 -o compare.json >/dev/null 2>&1
mcpi scaling -q -d cpu -t 1 -n 1e6 --rounds 6 -o scaling.json >/dev/null 2>&1
for name in compare scaling; do
    mcpi compare $name.json $name.json 2>/dev/null | sed -nE '1s/counts [01](\.0+)?( \+- [0-9.]+)? times/counts 1 +- E times/p'
    mcpi compare --json $name.json $name.json 2>/dev/null | grep -oE '"counts":"[a-z]*"|"rounds":6|"ratio":\{"median":1,|"change":"none"'
done

# ---- what is refused ----
echo hello >hello
mcpi -q -d cpu -n 1000 -o result.json >/dev/null
printf '{"schema":"mcpi.compare.v1"' >cut.json
for file in missing.json hello result.json cut.json /dev/null .; do refuse monday.json "$file"; done
refuse monday.json
refuse - - <monday.json
refuse monday.json tuesday.json -T 2s
refuse monday.json tuesday.json --kernel avx2 --json
refuse -n 1e6 monday.json tuesday.json
refuse monday.json tuesday.json --plot picture.svg
change() { sed -E "$1" monday.json >changed.json; refuse monday.json changed.json; }
change 's/"counting_seconds":[0-9.]+/"counting_seconds":-1/'
change 's/"counting_seconds":[0-9.]+/"counting_seconds":NaN/'
change 's/"counting_seconds":[0-9.]+/"counting_seconds":1e-999/'
change 's/"counting_seconds":[0-9.]+/"counting_seconds":"1"/'
change 's/"workers":16/"workers":1.5/'
change 's/"rounds":\[/"rounds":[],"others":[/'
change 's/"hits":785850/"hits":1000001/'
change 's/"darts":"?1000000"?/"darts":9223372036854775809/'
change 's/"seed":"0"/"seed":"-1"/'
change 's/"who":"one core"/"who":7/'
change 's/"rows":\[/"rows":7,"others":[/'
change 's/"rows":\[/"rows":[7,/'
change 's/"identical":true/"identical":1/'
# A file cannot control the terminal.
printf '%s' "$(sed 's/"who":"one core"/"who":"\\u001b[31mred"/g' monday.json)" >red.json
mcpi compare red.json red.json | grep red
