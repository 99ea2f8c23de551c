# Rank 0 has the counts of all parts, whichever ranks counted them, also of a run that others began. Any machine can
# recount them.
. "$CASES/mpi.bash"
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
case $("$MCPI" merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
in_parts() {
    python3 - "$1" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
at = int(result["exact"]["first"])
for part in result["parts"]:
    assert int(part["first"]) == at and (at == int(result["exact"]["first"]) or at % 2**24 == 0), part
    at += int(part["darts"])
assert at == int(result["exact"]["first"]) + int(result["exact"]["darts"])
assert sum(int(part["hits"]) for part in result["parts"]) == result["hits"]
print("parts of", result["darts"], "darts:", "several" if 5 <= len(result["parts"]) <= 1024 else len(result["parts"]))
END
}
for count in 1 3; do
    ranks $count -q -d cpu -t 1 --first 12345 -n 4e8 -o run.json >/dev/null
    in_parts run.json
    "$MCPI" verify -q -d cpu --sample 100% run.json | grep AGREES
done
echo "-- begun by one process, and completed by three"
"$MCPI" -q -d cpu --kernel scalar -t 1 -n 4e8 --checkpoint run --checkpoint-every 50ms >/dev/null 2>&1 &
until [ -e run.previous ]; do sleep 0.01; done
kill -TERM $!
wait $!
ranks 3 -q -d cpu -t 1 --resume run -o run.json >/dev/null
[ "$(field resumed_darts <run.json)" -gt 0 ] && in_parts run.json
"$MCPI" verify -q -d cpu --sample 100% run.json | grep AGREES
"$MCPI" verify -q -d cpu --sample 100% run | grep AGREES
