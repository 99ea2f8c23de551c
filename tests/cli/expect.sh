# --expect: which values are refused, which devices are missing, and that nothing is counted then. Messages about this
# machine's GPUs are omitted. No test machine has a gpu:255.
try() { mcpi "$@" 2>&1; echo "exit code $?"; }
for spec in gpu=0 cpu=0 gpu,gpu=2 cpu,cpu tpu "" "gpu=8," gpu=many cpu=65537 gpu:0,gpu:0 gpu:x; do try -n 1 --expect "$spec"; done
try -n 1 --expect cpu --expect gpu
try merge --expect cpu
try board --expect cpu

echo "-- what is there"
mcpi -q -d cpu -n 1e6 --expect cpu,cpu=1 2>&1 | head -n 1
mcpi -q -d cpu -n 1e6 --expect cpu=1 --json | grep -c '"hits":'
threads=$(mcpi devices --json | grep -oE '"units":[0-9]+' | head -n 1 | cut -d: -f2)
mcpi devices --expect "cpu=$threads" >/dev/null; echo "exit code $?"
mcpi devices --expect cpu --json | grep -oE '"expected":.*'
mcpi stress -q -d cpu -T 300ms --expect "cpu=$threads" --json | grep -oE '"status":"[A-Z]+"|"expected":.*"missing":\[\]'  | sed "s/=$threads/=N/; s/:$threads/:N/"

echo "-- what is not"
why() { sed -E 's/(gpu:255 is missing: ).*/\1.../; s/("gpu:255","reason":")[^"]*/\1.../'; }
for command in run compare scaling devices stress; do
    mcpi $command --expect gpu:255,cpu 2>err >out; echo "$command: exit code $?"
    why <err
    [ $command = devices ] || cat out
done
mcpi devices --json --expect gpu:255 2>/dev/null | why | grep -oE '"expected":.*'
mcpi devices --expect cpu=65536 2>&1 >/dev/null | sed "s/use $threads/use N/"

echo "-- what the test leaves out"
mcpi stress -q -d cpu -t 1 --expect cpu=2 -T 1h --json -o left-out.json >out 2>err; echo "exit code $?"
sed "s/this process may use 1 hardware thread/the test uses 1 hardware thread of the CPU; see --device and --threads/" err
grep -oE '"summary":true,"status":"[A-Z_]+"|"missing":.{15}' out left-out.json
