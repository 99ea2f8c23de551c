# A run with --verify full was killed after a device had lied and before that was found: its checkpoint says which darts
# were counted only once. A resume counts them again, unless it is told otherwise.
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
hits() { grep -oE '"hits":[0-9]+' | head -n 1; }
cat >lie.py <<'END'
from crc64 import checksum
lines = open("run").read().split("checksum")[0].replace("0 10000000 7854924", "0 10000000 7854925", 1)
lines = lines[: lines.index("confirmed")] + "confirmed 1\n0 1000000 785850\n"
open("run", "w").write(f"{lines}checksum {checksum(lines)}\n")
END
lie() {
    rm -f run run.previous
    mcpi -q -d cpu -n 1e7 --verify full --checkpoint run >/dev/null
    PYTHONPATH=$CASES python3 -B lie.py
}
lie
grep -A2 -E '^(verify|parts|confirmed)' run
echo "-- the option is in the file"
mcpi -q -d cpu --resume run --json | hits
grep -A1 -E '^(verify|confirmed)' run
echo "-- and given again"
lie
mcpi -d cpu --resume run --verify full --json --progress never | hits
echo "-- but not if it is given otherwise"
lie
mcpi -q -d cpu --resume run --verify on --json | hits
echo "-- merged"
lie
mcpi merge -q --json run | hits
