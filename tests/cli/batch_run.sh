# examples/slurm/run.sh, with another number of darts and a fake scontrol: the job is requeued if mcpi was interrupted and has
# made progress, and in no other case.
field() { grep -oE "\"$1\":[^,}]+" "$2" | head -n 1 | cut -d: -f2; }
count() { mcpi -q -d cpu -n "$1" -o count.json >/dev/null; field hits count.json; }
script=$CASES/../../examples/slurm/run.sh
sed 's/-n 1e15/-d cpu -t 1 --kernel scalar -n 1e9 --checkpoint-every 20ms/' "$script" >run.sh
diff "$script" run.sh | grep -c '^>'
cmp <(tail -n 5 "$script") <(tail -n 5 "${script%.sh}-mpi.sh") && echo "both scripts decide in the same way"
mkdir bin stubs
cat >stubs/scontrol <<'END'
#!/bin/sh
echo "$*" >>calls
if [ "$1" = show ]; then echo "   JobState=$STATE Reason=None"; fi
END
printf '#!/bin/sh\necho $$ >pid\nexec %q "$@"\n' "$(command -v mcpi)" >stubs/mcpi
printf '#!/bin/sh\n[ ! "$PROGRESS" ] || date +%%N >>run.checkpoint\nexit $CODE\n' >bin/mcpi
cp stubs/scontrol bin/
chmod +x bin/* stubs/*
# batch FOLDER: the script, with the programs in this folder.
batch() {
    : >calls
    PATH=$PWD/$1:$PATH SLURM_JOB_ID=7 STATE=${STATE:-RUNNING} bash run.sh >out 2>err
    echo "exit code $?, requeued: $(grep -c '^requeue 7$' calls)"
}
# when_saved COMMAND...: once the run has saved something new.
when_saved() {
    until [ -e run.checkpoint ] && ! cmp -s run.checkpoint before; do sleep 0.01; done
    "$@"
}
terminate_twice() {
    kill -TERM "$1"
    sleep 0.003
    kill -TERM "$1"
}
kill_mcpi() { kill -KILL "$(cat pid)"; }
: >before

echo "-- a time limit: both SIGTERM, to the shell"
batch stubs &
when_saved eval 'terminate_twice "$(pgrep -P $! -f run.sh)"'
wait $!
cat err
echo "complete: $(field complete run.json)"
[ "$(count "$(field darts run.json)")" = "$(field hits run.json)" ] && echo "the count of its darts"
echo "-- mcpi is killed"
cp run.checkpoint before
batch stubs &
when_saved kill_mcpi
wait $!
echo "-- scancel"
cp run.checkpoint before
STATE=CANCELLED batch stubs &
when_saved eval 'terminate_twice "$(pgrep -P $! -f run.sh)"'
wait $!
echo "-- to the end, and once more"
batch stubs
[ "$(field resumed_darts run.json)" -gt 0 ] && echo "continued"
batch stubs
cat err
echo "complete: $(field complete run.json)"
[ "$(count 1e9)" = "$(field hits run.json)" ] && echo "the count of all darts"
echo "-- what another job would not change"
export CODE PROGRESS=
for CODE in 130 137; do batch bin; done
PROGRESS=1
for CODE in 0 1 2 3 4; do batch bin; done
for CODE in 130 137; do batch bin; done
rm run.checkpoint
echo "another run" >run.checkpoint
batch stubs
cat err
