field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" | cut -d: -f2-; }
# Warnings about other load on this machine are not compared.
measure() {
    mcpi "$@" 2>warnings
    local code=$?
    grep -v 'with caution$' warnings >&2
    rm warnings
    return $code
}
# The steps, the counts and the form of every report. The test does not check speed-ups.
measure scaling -q -d cpu -t 2 -n 2e7 --csv -o strong.json >strong.csv; echo "exit code $?"
cut -d, -f 1,3-5 strong.csv
awk -F, 'NR > 1 { for (i = 6; i <= 16; i++) if (!($i > 0)) { print "row " NR ", column " i ": " $i; } }' strong.csv
mcpi -q -d cpu -n 2e7 --json | grep -o '"hits":[0-9]*' | head -n 1
grep -oE '"(schema|scaling|law|verdict)":"[^"]*"|"(step|steps|identical)":[^,}]*' strong.json
measure scaling -q -d cpu -t 2 -n 2e7 --weak --csv | cut -d, -f 1,3-5
measure scaling -q -d cpu -t 1 -n 2e7 --kernel scalar --rounds 7 | sed -E -n -e 's/[0-9.]+ (us|ms|s)\b/0 s/g' -e 's/[0-9]+\.[0-9]+(e[0-9]+)?/0/g' -e 's/ +/ /g' -e '/^strong/,$p'
# A list is sorted. One worker is measured with any list.
for list in 3,1,2 3,2; do
    measure scaling -q -d cpu -t "$list" -n 2e7 -o list.json | grep '^One worker'
    field step <list.json | tr '\n' ' '
    field hits <list.json | sort -u
done
# Two kinds of workers, on the same darts.
measure scaling -q -d cpu -t 1,2 -n 2e7 --workers threads,processes -o list.json >kinds.txt; echo "exit code $?"
sed -E -n -e 's/ +/ /g' -e '/^Workers in/,/^$/p' -e 's/^ ([12]) [0-9.]+ [mu]?s .*/step \1/p' kinds.txt
field worker_kind <list.json | tr '\n' ' '
field hits <list.json | sort -u
mcpi scaling --workers processes,processes; echo "exit code $?"
mcpi scaling --plot figure.pdf; echo "exit code $?"
mcpi scaling -n 1e9 --plot no/such/folder/figure.svg; echo "exit code $?"
# Without gnuplot there is its script.
mkdir none
program=$(command -v mcpi)
PATH=$PWD/none "$program" scaling -q -d cpu -t 2 -n 2e7 --plot figure.svg 2>&1 >/dev/null | grep -v 'with caution$'; echo "exit code ${PIPESTATUS[0]}"
ls
grep -cE '^(plot|\$law)' figure.gnuplot
# A signal ends it, without a report if there is no whole round yet.
mcpi scaling -q -d cpu -t 1 -T 60s >stopped.txt &
sleep 0.5
kill -TERM $!
wait $!; echo "exit code $?, $(wc -c <stopped.txt) bytes"
