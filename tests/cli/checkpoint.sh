# A run that saves its progress in a file and is continued. The file is never mistaken for that of another run.
hits() { grep -oE '"hits":[0-9]+' | head -n 1; }
mcpi -q -d cpu -n 1e7 --checkpoint run --json | hits
ls
cat run
echo "-- it is all there"
mcpi -q -d cpu --resume run --json | grep -oE '"darts":10000000,"hits":7854924,"resumed_darts":10000000,"complete":true'
mcpi -q -d cpu --resume run | sed -n 4,5p
echo "-- refused"
try() { mcpi -q -d cpu "$@"; echo "exit code $?"; }
try --checkpoint run -n 5
try --resume run -n 5
try --resume run --seed 1
try --resume run --stream 0x10 -n 1e7
try --resume run --first 1
try --resume run -e 1e-3
try --resume nothing
try --resume .
try --checkpoint nowhere/run -n 5
try --checkpoint-every 1s -n 5
try --checkpoint-every 0 --checkpoint other -n 5
cp run older
sed -i 's/7854924/7854925/' run
try --resume run
cp older run.previous
try --resume run
mcpi -q -d cpu --resume run.previous --checkpoint run --json | hits
cp older run.previous
head -c 100 older >run
try --resume run
echo '{"schema":"mcpi.result.v1"}' >run
try --resume run
echo "-- a second run on the same file"
cp older run
(
    flock 9
    try --resume run 2>&1
    try -n 1000 -o run 2>&1
    try -n 1000 --log run 2>&1
) 9>run.lock
cmp run older
ls run.lock
echo "-- into another file"
rm -f run.lock
mcpi -q -d cpu --resume run --checkpoint copy --json | hits
cmp run copy && echo "the same"
echo "-- stopped and gone on with, on other workers"
mcpi -q -d cpu -t 1 --kernel scalar -n 2^62 --checkpoint long --checkpoint-every 20ms --json >part.json &
sleep 0.3
kill -TERM $!
wait $!; echo "exit code $?"
resumed=$(mcpi -q -d cpu -t 2 -T 100ms --resume long --json | tee rest.json | grep -oE '"resumed_darts":[0-9]+' | cut -d: -f2)
[ "$resumed" = "$(grep -oE '"darts":[0-9]+' part.json | head -n 1 | cut -d: -f2)" ] && echo "goes on where it stopped"
darts=$(grep -oE '"darts":[0-9]+' rest.json | head -n 1 | cut -d: -f2)
[ "$(mcpi -q -d cpu -n "$darts" --json | hits)" = "$(hits <rest.json)" ] && echo "the count of its darts"
