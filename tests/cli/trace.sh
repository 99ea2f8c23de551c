# The trace of a count has the same rows for any number of threads, any kernel, and after any end of the previous run.
count() { mcpi -q -d cpu "$@" >/dev/null; echo "exit code $?"; }
same() { cmp "$1" "$2" && echo "the same"; }
count -n 1e7 --trace ten-million.csv
wc -l <ten-million.csv
# tests/golden.tsv has these, too.
grep -E '^(darts|10|1000|10000|100000|1000000|10000000),' ten-million.csv
echo "-- however it was counted"
count -n 1e7 --trace other.csv -t 1 && same other.csv ten-million.csv
count -n 1e7 --trace other.csv -t 5 --kernel scalar && same other.csv ten-million.csv
count -n 1e7 --trace other.csv --verify full && same other.csv ten-million.csv
echo "-- to another end"
count -n 1e6 --trace other.csv
head -n 102 ten-million.csv | same other.csv -
count -e 1e-3 --trace other.csv
head -n -1 other.csv | same - <(head -n $(($(wc -l <other.csv) - 1)) ten-million.csv)
tail -n 1 other.csv
count -n 0 --trace other.csv && cat other.csv
count -n 3 --first 7 --trace other.csv && cat other.csv
echo "-- interrupted, killed, and gone on with"
mcpi -q -d cpu -t 1 --kernel scalar -n 1e9 --checkpoint run --checkpoint-every 20ms --trace part.csv >/dev/null &
sleep 0.3
kill -TERM $!
wait $!; echo "exit code $?"
timeout --foreground -s KILL 0.3 \
    mcpi -q -d cpu -t 1 --kernel scalar --resume run --checkpoint-every 20ms --trace never.csv >/dev/null; echo "exit code $?"
count --resume run --trace resumed.csv
count -n 1e9 --trace whole.csv && same resumed.csv whole.csv
head -n -1 part.csv | same - <(head -n $(($(wc -l <part.csv) - 1)) whole.csv)
count -n 1e6 --checkpoint untraced
count --resume untraced --trace other.csv && cat other.csv
echo "-- refused, before anything is counted"
count -n 1e18 --trace no/such/folder/other.csv
count -n 1e18 --plot other.pdf
count -n 1e18 --plot no/such/folder/other.svg
count -n 1e18 --trace kept.csv --kernel sse9 2>/dev/null
ls kept.csv* 2>&1
mcpi compare --trace other.csv; echo "exit code $?"
echo "-- a result that cannot be written"
count -n 10 --trace /dev/full
