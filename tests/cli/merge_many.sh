# Thousands of shards: every second one first, kept in one file, and the others later.
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
case $(mcpi merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
cat >write.py <<'END'
from crc64 import checksum
for i in range(3000):
    numbers = {"seed": 0, "stream": 0, "first": i * 10**13, "darts": 10**13, "hits": 7853981633974 + i, "goal": 10**13}
    counts = "mcpi.result.v1\n" + "".join(f"{key} {n}\n" for key, n in numbers.items()) + "complete true\n"
    plain = ",".join(f'"{key}":{n}' for key, n in numbers.items() if key != "goal")
    exact = ",".join(f'"{key}":"{n}"' for key, n in numbers.items())
    with open(f"{i}.json", "w") as file:
        file.write(f'{{"schema":"mcpi.result.v1",{plain},"complete":true,"exact":{{{exact}}},"checksum":"{checksum(counts)}"}}\n')
END
mkdir shards && cd shards && PYTHONPATH=$CASES python3 -B ../write.py && cd .. || exit 1
mcpi merge shards/*.json | grep ^count
echo "hits: $((3000 * 7853981633974 + 2999 * 1500))"
mcpi merge --json shards/*.json >all.json
mcpi merge shards/*[02468].json -o half.json 2>&1 | cut -c1-120
mcpi merge --json shards/*[13579].json half.json | cmp - all.json && echo "the same"
mcpi merge shards/*.json shards/1234.json
mcpi merge half.json shards/2998.json
echo "-- as many parts as a result can have, and one more"
cat >checkpoint.py <<'END'
import sys
from crc64 import checksum
count = int(sys.argv[1])
text = "mcpi checkpoint 2\ndart philox4x32-10 x*x+y*y<2^62\nseed 0\nstream 0\nfirst 0\ndarts 1000000\ntarget-error 0x0p+0\n"
text += f"goal 1000000\nverify off\nparts {count}\n" + "".join(f"{2 * i} 1 1\n" for i in range(count)) + "confirmed 0\n"
print(f"{text}checksum {checksum(text)}")
END
for parts in 160000 160001; do
    PYTHONPATH=$CASES python3 -B checkpoint.py $parts >checkpoint
    mcpi merge -q checkpoint 2>&1 | grep -E '^(in all|mcpi)'
    mcpi merge -q checkpoint -o $parts.json 2>&1 | grep -E '^(in all|mcpi)'
done
mcpi merge -q 160000.json | grep '^in all'
ls 16*.json
true
