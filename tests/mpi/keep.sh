# A rank that dies ends the job. Any number of ranks continues from the checkpoint, and so does one process without MPI.
. "$CASES/mpi.bash"
darts=2e9
golden=$("$MCPI" -q -d cpu -n $darts --json | field hits | head -n 1)
for after in 1 2 5 none; do
    rm -f run run.previous
    mpirun "${mpirun_options[@]}" -np 3 mcpi -q -d cpu -t 1 --kernel scalar -n $darts --checkpoint run --checkpoint-every 100ms >out 2>err &
    job=$!
    for _ in $(seq 100); do [ -e run.previous ] && break; sleep 0.1; done
    kill -KILL "$(pids $job | tail -n 1)"
    wait $job && echo "it ended well?"
    ! grep -q "^count" out || echo "it printed a result?"
    kept=$("$MCPI" merge -q --json run 2>/dev/null | field darts | head -n 1)
    [ "$kept" -gt 0 ] || echo "nothing was kept"
    if [ $after = none ]; then
        "$MCPI" -q -d cpu --resume run --json >run.json
    else
        ranks $after -q -d cpu -t 1 --resume run --json >run.json
    fi
    [ "$(field hits <run.json | head -n 1)" = "$golden" ] && [ "$(field resumed_darts <run.json)" -gt 0 ] && echo "finished by $after"
done
# What was finished is kept as a whole, and begun from it there is nothing to do.
ranks 3 -q -d cpu -t 1 -n 1e8 --checkpoint whole --json | field hits | head -n 1
awk '/^[0-9]/ { darts += $2 } END { print darts }' whole
ranks 2 -q -d cpu -t 1 --resume whole --json | field hits | head -n 1
