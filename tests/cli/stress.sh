# The stress test on the CPU: what it says, where, and with which exit code.
field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }
mcpi stress -q -d cpu -T 1s --json >summary.json; echo "exit code $?"
field schema <summary.json
field status <summary.json
echo "summary: $(field summary <summary.json), disagreements: $(field disagreements <summary.json), tested: $(field tested <summary.json | sort -u)"
[ "$(field id <summary.json | sort -u | wc -l)" = "$(mcpi devices --json | field units | head -n 1)" ] && echo "a row for each core"
field darts <summary.json | grep -vqxE '0|"0"' && echo "they counted"

echo "-- as text"
mcpi stress -q -d cpu -t 1 -T 1s -o file.json >text; echo "exit code $?"
sed -nE '1p; s/^(cpu:)[0-9]+ .* 0  (ok) .*/\1K ... \2/p; s/in [0-9]+ s, [0-9.e]+ darts/in T, N darts/p' text
field summary <file.json

echo "-- a line every interval"
mcpi stress -d cpu -t 1 -T 2500ms --interval 1s 2>&1 >/dev/null | sed -E 's/^mcpi: [0-9]+ s  [0-9.e]+ darts\/s  0 disagreements  1 core [0-9.e]+$/LINE/' | uniq
mcpi stress -d cpu -t 1 -T 2500ms --interval 1s --json 2>err | field summary | uniq
cat err
mcpi stress -q -d cpu -t 1 -T 1s --interval 300ms --json | sed '$d' | field seconds |
    awk 'NR > 1 && $1 - last < 0.29 { print "a line " $1 - last " s after the one before" } { last = $1 }'

echo "-- metrics"
mcpi stress -q -d cpu -t 1 -T 1s --metrics mcpi.prom >/dev/null
sed -nE 's/^# TYPE //p' mcpi.prom
grep -E '^mcpi_stress_(running|up|disagreements)' mcpi.prom | sed -E 's/cpu:[0-9]+/cpu:K/'
ls

echo "-- what it cannot do"
try() { mcpi "$@" 2>&1; echo "exit code $?"; }
try stress -d cpu -t 1024 2>&1 | sed 's/at most [0-9]*/at most N/'
try stress -d cpu --kernel sse9 | sed 's/runs .*/runs .../'
try stress -d cpu --first 2^63
try stress -d cpu --metrics no/such/folder/x.prom
try stress -n 1e9
try stress -d gpu:4321 | sed 's/\(there is no gpu:4321\).*/\1 .../'
mcpi stress -q -d cpu -T 1s >/dev/full; echo "exit code $?"
