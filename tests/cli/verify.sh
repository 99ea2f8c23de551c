# A result is recounted on this machine: parts chosen at random, and the same ones for the same --pick. A wrong count is
# found if its part is recounted, and the answer names the part and both counts.
case $(mcpi merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
steady() { sed -E 's/ in [0-9.]+ s, at [0-9.e]+ darts/ in T s, at R darts/; s/^(device +cpu: ).*/\1NAME/'; }
check() { mcpi verify -d cpu "$@" 2>&1 | steady; echo "exit code ${PIPESTATUS[0]}"; }
field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }
mcpi -q -d cpu --first 1000 -n 3e8 -o pi.json >/dev/null
echo "-- the parts of a run"
PYTHONPATH=$CASES python3 -B - <<'END'
import json
result = json.load(open("pi.json"))
parts = [(int(part["first"]), int(part["darts"]), int(part["hits"])) for part in result["parts"]]
at = 1000
for first, darts, hits in parts:
    assert first == at and (first == 1000 or first % 2**24 == 0), parts
    at += darts
assert at == 1000 + 3 * 10**8 and sum(part[2] for part in parts) == result["hits"]
print("of at most 2^25 darts" if max(part[1] for part in parts) <= 2**27 and len(parts) > 2 else parts)
END
echo "-- all of it, with another kernel"
mcpi verify -q -d cpu --kernel scalar --sample 100% pi.json --pick 3 --json >all.json; echo "exit code $?"
field agrees <all.json | sort | uniq -c | wc -l
[ "$(field recounted_darts <all.json)" = '"300000000"' ] && field complete <all.json
field miss_probability_1 <all.json
mcpi verify -q -d cpu --sample 100% - <pi.json | grep -E '^(claim|AGREES)'
echo "-- the same parts again"
for i in 1 2; do mcpi verify -q -d cpu --sample 20% --pick 12 pi.json --json | grep -oE '"recounted":.*' | sed 's/,"origin.*//' >picked.$i; done
cmp picked.1 picked.2 && echo "the same"
mcpi verify -q -d cpu --sample 0.1% pi.json --json | field first | wc -l # the file's, and that of one part
echo "-- a result of one part, and a checkpoint of three"
mcpi -q -d cpu -n 1e6 -s 7 --stream 3 -o short.json >/dev/null
check short.json --pick 0
mcpi -q -d cpu -t 1 --first 16777000 -n 16778000 --checkpoint state >/dev/null
check state --sample 1% --pick 1
echo "-- wrong"
PYTHONPATH=$CASES python3 -B - <<'END'
from crc64 import checksum
text = "mcpi checkpoint 2\ndart philox4x32-10 x*x+y*y<2^62\nseed 0\nstream 0\nfirst 16777000\ndarts 1000216\ntarget-error 0x0p+0\n"
text += "goal 1000216\nverify on\nparts 2\n16777000 216 175\n16777216 1000000 785001\nconfirmed 0\n"
open("wrong", "w").write(f"{text}checksum {checksum(text)}\n")
END
check wrong --sample 100% --pick 0
mcpi verify -q -d cpu --sample 100% wrong -o answer.json >/dev/null 2>&1; echo "exit code $?"
grep -oE '"agrees":.*"disagreements":[0-9]+' answer.json
echo "-- merged"
mcpi -q -d cpu --first 300001000 -n 1e8 -o next.json >/dev/null
mcpi merge -q pi.json next.json -o both.json >/dev/null
mcpi verify -q -d cpu --sample 100% both.json | grep -E '^(claim|AGREES)'
python3 -c 'import json; r = json.load(open("both.json")); p = r["parts"]; print(len(p) > 8, sum(int(x["hits"]) for x in p) == r["hits"])'
python3 - <<'END'
import json
result = json.load(open("pi.json"))
result["parts"][0]["hits"] = str(int(result["parts"][0]["hits"]) + 1)
json.dump(result, open("damaged.json", "w"))
END
check damaged.json
echo "-- stopped: it says what it has found"
mcpi -q -d cpu -n 1e9 --first 5e8 -o long.json >/dev/null
mcpi verify -q -d cpu -t 1 --kernel scalar --sample 100% --json long.json >partial.json 2>partial.err &
sleep 1
kill -TERM $!
wait $!; echo "exit code $?"
cat partial.err
field complete <partial.json
echo "-- refused"
check
check pi.json short.json
check nothing.json
check pi.json --sample 0%
check pi.json --sample 101%
check pi.json --sample 5
check pi.json --kernel nonsense
mcpi -q -d cpu -n 0 -o none.json >/dev/null
check none.json
true
