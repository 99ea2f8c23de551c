#!/usr/bin/env bash
# The report of Nsight Systems about a run on the CPU: at most a dozen rows with the documented names, totals that fit into
# the time of the run, and payloads that add up to its darts. Exit status 77: cannot be tested here.
#
#   nsys.sh PROGRAM     PROGRAM is mcpi
set -euo pipefail
skip() {
    echo "skipped: $*"
    exit 77
}
for tool in nsys python3; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
done
python3 -c 'import sqlite3' 2>/dev/null || skip "python3 has no sqlite3"

folder=$(mktemp -d)
trap 'nsys shutdown --kill=sigkill --session="mcpi-$$" >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
export TMPDIR=$folder
cd "$folder"
timeout 60 nsys profile --session-new="mcpi-$$" --trace=nvtx --sample=none --cpuctxsw=none -o run \
    "$1" -d cpu -n 1e8 --verify full --json </dev/null >log 2>&1 || {
    cat log
    [ ! -e run.qdstrm ] || skip "nsys records, but its importer does not run: see docs/profiling.md"
    exit 1
}
[ -e run.nsys-rep ] || skip "nsys records, but its importer does not run: see docs/profiling.md"
timeout 60 nsys export --type sqlite -o run.sqlite run.nsys-rep >/dev/null 2>&1
# Nsight Systems 2022.4 calls this report nvtxsum, newer versions nvtx_sum.
for report in nvtx_sum nvtxsum; do
    timeout 60 nsys stats --report "$report" --format csv run.sqlite >"$report.csv" 2>/dev/null || true
    if grep -q '^Time' "$report.csv"; then cp "$report.csv" table.csv; fi
done
[ -e table.csv ] || { echo "nsys stats has no NVTX summary"; exit 1; }

python3 - <<'EOF'
import csv, re, sqlite3, sys

failures = []
def expect(condition, message):
    if not condition:
        failures.append(message)

lines = open("table.csv").read().splitlines()
first = next(i for i, line in enumerate(lines) if line.startswith("Time"))
table = list(csv.DictReader(line for line in lines[first:] if line))
total = {row["Range"]: float(row["Total Time (ns)"]) for row in table}
expect(1 <= len(table) <= 12, f"{len(table)} rows")
for name in total:
    expect(re.fullmatch(r"mcpi:(set-up|recount|merge|(count|kernel trial) [a-z0-9-]+)", name), f"name: {name}")

ranges = sqlite3.connect("run.sqlite").execute("""
    SELECT COALESCE(e.text, s.value), e.start, e.end, e.globalTid, e.category, e.uint64Value
    FROM NVTX_EVENTS e LEFT JOIN StringIds s ON e.textId = s.id WHERE e.eventType = 59""").fetchall()
categories = dict(sqlite3.connect("run.sqlite").execute(
    "SELECT e.category, COALESCE(e.text, s.value) FROM NVTX_EVENTS e LEFT JOIN StringIds s ON e.textId = s.id "
    "WHERE e.eventType = 33"))
expect(len(ranges) == sum(int(row["Instances"]) for row in table), "the summary leaves ranges out")
wall = max(r[2] for r in ranges) - min(r[1] for r in ranges)
threads = len({r[3] for r in ranges})
expect(sum(total.values()) <= 1.01 * wall * threads, f"{sum(total.values())} ns in {threads} threads of {wall} ns")
expect(sum(total.values()) >= 0.2 * wall, f"only {sum(total.values())} ns of {wall} ns")
for kind in "count", "merge", "recount":
    darts = sum(r[5] or 0 for r in ranges if r[0].split()[0] == kind)
    expect(darts == 100000000, f"{kind}: {darts} darts")
for r in ranges:
    expect(categories.get(r[4]) == "cpu", f"category of {r[0]}: {r[4]} {categories.get(r[4])}")
print("\n".join(failures) or f"{len(table)} rows: " + ", ".join(total))
sys.exit(1 if failures else 0)
EOF
