# One integer, for any number of ranks, equal or not, with or without devices.
. "$CASES/mpi.bash"
for n in 1 2 3 5 8; do
    echo "$n ranks: $(ranks $n -q -d cpu -t 1 -n 1e8 --json | tee run.json | field hits | head -n 1), $(field processes <run.json) processes"
done
echo "workers in processes: $(ranks 2 -q -d cpu -t 2 -n 1e8 --workers processes --json | tee run.json | field hits | head -n 1), $(field in_processes <run.json | sort -u)"
echo "ranks without CPUs of their own: $(ranks 5 -q -d cpu -n 1e8 --json | field hits | head -n 1)"
echo "uneven: $(mpirun "${mpirun_options[@]}" -np 1 mcpi -q -d cpu -t 3 -n 1e8 --json : -np 1 mcpi -d cpu -t 1 --kernel scalar -n 5 : \
    -np 1 mcpi -d cpu -t 2 --kernel scalar --verify full | tee run.json | field hits | head -n 1), kernels: $(field kernel <run.json | sort -u | tr '\n' ' ')"
echo "another range: $(ranks 3 -q -d cpu -t 1 -s 7 --stream 3 --first 8589934591 -n 12345677 --json | field hits | head -n 1)" \
    "and $("$MCPI" -q -d cpu -s 7 --stream 3 --first 8589934591 -n 12345677 --json | field hits | head -n 1)"
echo "no darts: $(ranks 2 -q -d cpu -t 1 -n 0 --json | field complete)"
echo "one dart: $(ranks 3 -q -d cpu -t 1 -n 1 --json | field hits | head -n 1)"
ranks 3 -q -d cpu -t 1 -n 1e8 --trace shared.csv >/dev/null
"$MCPI" -q -d cpu -n 1e8 --trace alone.csv >/dev/null
cmp shared.csv alone.csv && echo "the same trace, to the byte: $(wc -l <alone.csv) lines"
