# Shards counted separately, by different kernels, thread counts and runs, add up to the golden count. Shards that do not
# belong together are refused with one line, and missing ones are named.
case $(mcpi merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
count() { grep -E '^(INCOMPLETE|count)'; }
try() { mcpi merge "$@" | count; echo "exit code $?"; }
part() { mcpi -q -d cpu --json "$@"; }
untimed() { sed -E 's/^(time +)[0-9.]+ s(.*) at [0-9.e]+/\1T s\2 at R/; s/("counting":)[0-9.e-]+/\1T/; s/("darts_per_second":)[0-9.e]+/\1R/'; }
part --first 0 -n 333333 -t 1 --kernel scalar >a.json
part --first 333333 -n 333333 -t 2 >b.json
part --first 666666 -n 333333 -o c.json >/dev/null
mcpi -q -d cpu --first 999999 -n 1 --checkpoint d >/dev/null
echo "-- results and a checkpoint"
mcpi merge c.json d a.json b.json | untimed
mcpi merge -q a.json b.json c.json d --json -o all.json | untimed
untimed <all.json
part -n 1e6 | grep -oE '"hits":[0-9]+' | head -n 1
echo "-- merging what was merged"
mcpi merge -q a.json b.json -o ab.json | count
mcpi merge --json ab.json -o abcd.json d c.json | cmp - all.json && cmp all.json abcd.json && echo "the same"
try - ab.json d <c.json
try all.json
echo "-- gaps"
try a.json c.json
try -q d a.json
try b.json d
for first in $(seq 0 20 300); do part --first "$first" -n 10 >"gap$first.json"; done
try gap*.json
echo "-- stopped runs"
mcpi -q -d cpu --json -n 2^62 -t 1 --kernel scalar --checkpoint long --checkpoint-every 20ms >long.json &
sleep 0.3
kill -TERM $!
wait $!; echo "exit code $?"
darts=$(grep -oE '"darts":[0-9]+' long.json | head -n 1 | cut -d: -f2)
normal() { sed -E "s/\b$darts\b/DARTS/g; s/\b$(((1 << 62) - darts))\b/REST/g"; }
mcpi merge --json long.json 2>stopped >merged.json; echo "exit code $?"; normal <stopped
grep -oE '"complete":[a-z]*,"goal":[0-9]*' merged.json
mcpi merge --json long 2>&1 >from_checkpoint.json | cmp - stopped; no_time() { sed -E 's/("counting":)[^}]*/\1null/; s/("timed_darts":)[^,]*/\1"0"/; s/("darts_per_second":)[^,]*/\1null/'; }
cmp <(no_time <merged.json) <(no_time <from_checkpoint.json) && echo "the same, without the time"
part --first "$darts" -n 10 >more.json
darts=$((darts + 10))
mcpi merge merged.json more.json 2>&1 >/dev/null | normal
echo "-- a merge with gaps keeps all its parts"
mcpi merge a.json c.json -o ac.json 2>/dev/null | untimed
grep -oE '"parts":.*"parts_checksum":"[0-9a-f]*"' ac.json
mcpi merge --json ac.json 2>/dev/null >again.json; cmp again.json ac.json && echo "the same"
try ac.json b.json
try ac.json b.json d
mcpi merge -q ac.json d -o acd.json >/dev/null
mcpi merge --json -q b.json acd.json | cmp - all.json && echo "the same"
mcpi merge -q b.json -o b-d.json d >/dev/null
try -q b-d.json
try b-d.json ac.json
try -q gap0.json gap20.json gap40.json
mcpi merge -q gap*.json -o odd.json >/dev/null
for first in $(seq 10 20 290); do part --first "$first" -n 10 >"filled$first.json"; done
mcpi merge --json odd.json filled*.json >to310.json && mcpi merge --json filled*.json gap*.json | cmp - to310.json && echo "the same"
mcpi merge -q -o odd.json odd.json filled30.json | count
rm filled30.json
mcpi merge -q --json odd.json filled*.json | cmp - to310.json && echo "the same"
echo "-- a checkpoint with a gap"
PYTHONPATH=$CASES python3 -B - <<'END'
from crc64 import checksum
text = "mcpi checkpoint 2\ndart philox4x32-10 x*x+y*y<2^62\nseed 0\nstream 0\nfirst 0\ndarts 1000000\ntarget-error 0x0p+0\n"
text += "goal 1000000\nverify full\nparts 2\n0 333333 262010\n666666 333333 261826\nconfirmed 1\n0 333333 262010\n"
open("two-parts", "w").write(f"{text}checksum {checksum(text)}\n")
END
mcpi merge -q two-parts -o two-parts.json | count
mcpi merge -q two-parts.json d -o more-parts.json | count
mcpi merge -q more-parts.json b.json -o unconfirmed.json | count
grep -oE '"parts":.*"parts_checksum"' unconfirmed.json
try unconfirmed.json
echo "-- the time of all runs together, and nothing else of how the shards were counted"
grep -oE '"seconds".*' all.json | untimed
mcpi merge d | grep time
PYTHONPATH=$CASES python3 -B - <<'END'
import json
results = [json.load(open(name)) for name in ("a.json", "b.json", "c.json", "all.json")]
times = [round(1e9 * result["seconds"]["counting"]) for result in results]
print("the sum of the times" if times[3] == sum(times[:3]) else times)
assert results[3]["timed_darts"] == "999999"
assert abs(results[3]["darts_per_second"] * times[3] / 1e9 / 999999 - 1) < 1e-9
END
echo "-- refused"
refuse() { mcpi merge "$@" 2>&1; echo "exit code $?"; }
refuse a.json b.json a.json
refuse all.json d
part --first 333330 -n 10 >overlap.json
refuse a.json overlap.json
part --first 333333 -n 10 -s 7 >seed.json
refuse a.json seed.json
part --first 333333 -n 10 --stream 18446744073709551615 >stream.json
refuse a.json stream.json
sed 's/"hits":262010/"hits":333334/' a.json >hits.json
refuse hits.json
mcpi compare -d cpu -t 1 -T 50ms -q --json >compare.json 2>/dev/null # warnings about other load
refuse compare.json
mcpi devices --json >devices.json
refuse devices.json
sed 's/^999999 1 1/999999 1 0/' d >damaged
refuse damaged
head -c 200 a.json >cut.json
refuse cut.json
head -c 100 d >cut-off
refuse cut-off
for text in '' '[' '{}' '"mcpi"' '{"schema":"mcpi.result.v2"}' $'mcpi checkpoint 1\n' 'mcpi'; do
    printf '%s' "$text" >nonsense
    refuse nonsense
done
refuse nothing
refuse .
refuse /dev/zero
printf '\e[31mred' >$'na\nme'
refuse $'na\nme'
refuse - </dev/null
refuse - a.json - <b.json
sed 's/"complete":true/"complete":false,"goal":5/' a.json >goal.json
refuse goal.json
refuse
refuse a.json -n 5
refuse a.json b.json -o no/such/folder
refuse a.json seed.json -o kept.json
ls kept.json 2>/dev/null
true
