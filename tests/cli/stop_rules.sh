# -T and -e end a run that has no other end; -e ends it at the same dart on any number of threads.
field() { grep -oE "\"$1\":[^,}]+" | head -n 1 | cut -d: -f2; }
mcpi -q -d cpu -T 300ms --json >timed.json
awk -v s="$(field counting <timed.json)" 'BEGIN { print (s >= 0.25 && s < 2) ? "stopped in time" : "counted for " s }'
field complete <timed.json
for threads in 1 3; do
    mcpi -q -d cpu -t $threads -e 2e-4 --json >accurate.json
    echo "$(field darts <accurate.json) darts, $(field hits <accurate.json) hits, complete $(field complete <accurate.json)"
    awk -v e="$(field std_error <accurate.json)" 'BEGIN { print (e <= 2e-4) ? "accurate enough" : e }'
done
mcpi -q -d cpu -n 1000 -e 1e-6 -T 1h --json | field darts
