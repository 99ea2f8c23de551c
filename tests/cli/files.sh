# Where files go: through links, to descriptors, devices and FIFOs; and which names are refused.
case $(mcpi merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
run() { mcpi -q -d cpu -n 1000 "$@"; echo "exit code $?"; }
quiet() { run "$@" | grep '^exit'; }
hits() { grep -oE '"hits":[0-9]+|^1000,[0-9]+' | head -n 1; }
echo "-- links are followed"
mkdir far near
ln -s ../far/result.json near/result.json
ln -s /dev/null near/null
ln -s loop near/loop
quiet -o near/result.json
echo "[]" >far/trace.csv
chmod 600 far/trace.csv
ln -s ../far/trace.csv near/trace.csv
quiet --trace near/trace.csv
quiet -o near/null
run -o near/loop
ls -1 far
find near -type l | sort
hits <far/result.json
hits <far/trace.csv
stat -c %a far/trace.csv
ln -s ../far/kept near/kept
quiet --checkpoint near/kept
quiet --resume near/kept
find near far -name '*kept*' | sort
echo "-- standard output"
for name in - /dev/stdout /dev/fd/1 /proc/self/fd/1; do run -o $name | cut -c1-27; done
run -o - --json | wc -l
echo old >log
run -o /dev/stdout >>log
wc -l <log
echo "-- standard output takes one of several"
run --trace - | grep -nE '^(pi|darts|10|1000)[, ]' | cut -c1-20
run --log - -o logged.json | cut -d ' ' -f 2 | sort -u && hits <logged.json
for options in '--trace - --json' '--log - -o -' '--log /dev/stdout --trace -' '--trace - -o /dev/stdout'; do
    # shellcheck disable=SC2086
    run $options
done
ln -s /dev/stdout out.svg
run --plot out.svg -o /dev/null | grep -c '</svg>\|^pi'
test -L out.svg && echo "still a link"
rm -f out.gnuplot
echo "-- other descriptors, which may have been written to"
{ echo first >&3; quiet --trace /dev/fd/3; echo last >&3; } 3>table
sed -n '1,2p;$p' table
run --trace /dev/fd/7
run --trace /dev/fd/8 8<table
mcpi -q -d cpu -n 1000 -o /dev/stdout >&-; echo "exit code $?"
echo "-- a FIFO"
mkfifo fifo
hits <fifo >from_fifo &
quiet -o fifo
wait
cat from_fifo
test -p fifo && echo "still a FIFO"
echo "-- standard streams that are closed lend no number to a file"
mcpi -q -d cpu -n 1000 -o closed.json >&- 2>/dev/null; echo "exit code $?"
hits <closed.json
mcpi -q -d cpu -n 1000 --checkpoint closed <&- >&- 2>&-; echo "exit code $?"
tail -n 1 closed
echo "-- one file for two options"
run -o same --trace ./same
run -o same --trace near/../same
run -o same.svg --plot same.svg
run --trace same.gnuplot --plot same.svg
run --checkpoint same -o same
run --checkpoint same -o same.previous
run --checkpoint same --trace same.lock
run --resume closed -o closed
run -o far/result.json --trace near/result.json
ln far/result.json hard.json
run -o far/result.json --trace hard.json
# shellcheck disable=SC2094
run -o same --trace same2 >same
run -o - --trace /dev/stdout
mcpi stress -d cpu -T 1s -o same --metrics same; echo "exit code $?"
quiet -o /dev/null --trace /dev/null
echo "-- names that are too long, by little"
long=$(printf 'x%.0s' {1..255})
quiet -o "$long"
rm "$long"
run -o "x$long" 2>&1 | sed 's/xxx*/x.../'
run --trace "${long:4}.svg" --plot "${long:4}.svg" 2>&1 | sed 's/xxx*/x.../g'
run --plot "${long:4}.svg" 2>&1 | sed 's/xxx*/x.../'
run --checkpoint "${long:8}" 2>&1 | sed 's/xxx*/x.../'
run -o new/
run -o ""
echo "-- no checkpoint"
run --checkpoint -
run --checkpoint /dev/null
run --checkpoint fifo
run --resume fifo
run --checkpoint far
run --resume /dev/fd/9 --checkpoint other 9< <(cat closed)
quiet --resume /dev/stdin --checkpoint other <closed
cmp closed other
echo "-- merge may write over what it has read"
quiet -o part.json
mcpi merge part.json -o part.json | sed -n 4p
hits <part.json
find . -name '*.tmp'
