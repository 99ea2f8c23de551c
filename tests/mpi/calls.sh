# The MPI calls of a run, counted by MPI's profiling interface, are those that the run reports, and no more.
. "$CASES/mpi.bash"
count() { awk -v call="$1" '/^mpi_calls: / && $0 ~ ": " call " [0-9]" { calls += $(NF - 3) } END { print calls + 0 }' calls; }
between() { [ "$2" -ge "$1" ] && [ "$2" -le "$3" ]; }
for options in "" "--checkpoint run --checkpoint-every 100ms"; do
    SECONDS=0
    # shellcheck disable=SC2086
    mpirun "${mpirun_options[@]}" -np 3 env "LD_PRELOAD=${MPI_CALLS:?}" mcpi -q -d cpu -t 1 -n 4e9 $options --json >run.json 2>calls
    sends=$(count MPI_Isend)
    chunks=$(field chunks <run.json)
    reports=$(field reports <run.json)
    between 11 "$chunks" 100000 || echo "only $chunks chunks"
    # Besides, each of the other two tells that it has finished, and what it has counted when the run is to end.
    between 1 "$reports" $((chunks + 6)) && echo "at most a report for each chunk"
    # Opening, joining, beginning, the end and the result of two ranks; the signs of life of each second, with replies.
    most=$((reports + chunks + 2 * 5 + 2 * 2 * (SECONDS + 1)))
    between "$reports" "$sends" "$most" && echo "at most two messages for each chunk"
    [ "$(count MPI_Recv)" = "$sends" ] && echo "all that was sent was received"
done
