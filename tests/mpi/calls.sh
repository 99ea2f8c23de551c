# What a run asks of MPI, as MPI's own profiling interface counts it, is what the run says of itself; and no more.
. "$CASES/mpi.bash"
mpirun_options+=(-x "LD_PRELOAD=${MPI_CALLS:?}")
count() { awk -v call="$1" '/^mpi_calls: / && $0 ~ ": " call " [0-9]" { calls += $(NF - 3); bytes += $(NF - 1) } END { print calls + 0, bytes + 0 }' calls; }
for options in "" "--checkpoint run --checkpoint-every 100ms"; do
    # shellcheck disable=SC2086
    mpirun "${mpirun_options[@]}" -np 3 mcpi -q -d cpu -t 1 -n 4e9 $options --json >run.json 2>calls
    read -r takes _ < <(count "MPI_Fetch_and_op")
    read -r sends sent < <(count MPI_Isend)
    read -r reductions reduced < <(count MPI_Iallreduce)
    chunks=$(field chunks <run.json)
    # Each process asks once more, to learn that nothing is left.
    [ "$takes" -ge "$chunks" ] && [ "$takes" -le $((chunks + 3)) ] && echo "an addition a chunk"
    [ "$chunks" -gt 10 ] || echo "only $chunks chunks"
    [ "$sends $sent" = "$(field reports <run.json) $(field report_bytes <run.json)" ] && echo "the reports are those it tells of"
    [ -n "$options" ] && [ "$sends" -gt 2 ] && [ "$sent" -le $((32 * (chunks + sends))) ] && echo "no more than a part for each chunk"
    echo "$reductions calls of MPI_Iallreduce, $reduced bytes"
done
