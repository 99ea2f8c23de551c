# A rank that falls silent, as on a node without power: the others count its darts, and the job ends with the complete count.
# Here the rank is stopped by a signal, because mpirun would end the job if it died.
. "$CASES/mpi.bash"
darts=3e9
ranks 3 -q -d cpu -t 1 --kernel scalar -n $darts --json >run.json 2>err & job=$!
for _ in $(seq 100); do [ "$(pids $job | wc -l)" -eq 3 ] && break; sleep 0.1; done
sleep 1
kill -STOP "$(pids $job | tail -n 1)"
# The exit code is mpirun's: some crash when a job that they are told to abort has a rank that is stopped.
wait $job && echo "it ended well?"
sed -nE "/^mcpi: /!d; s/ on $(hostname)//; s/for (5|6) s/for 5 s/; s/nothing heard for [0-9]+ s/nothing heard for N s/; s/its [0-9]+ darts/its N darts/; p" err
[ "$(field hits <run.json | head -n 1)" = "$("$MCPI" -q -d cpu -n $darts --json | field hits | head -n 1)" ] && echo "golden"
echo "complete: $(field complete <run.json), lost: $(field lost <run.json)"
