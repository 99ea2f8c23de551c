# The darts one by one: those that run counts, as a table and as a picture.
mcpi board -n 3
for range in "-n 4000" "--first 1 -n 999" "--first 17179869183 -n 4001 -s 7 --stream 9" "-n 0"; do
    # shellcheck disable=SC2086 # options
    hits=$(mcpi board $range | awk -F, 'NR > 1 { hits += $4 } END { print hits + 0 }')
    # shellcheck disable=SC2086
    [ "$(mcpi -q -d cpu $range --json | grep -oE '"hits":[0-9]+' | head -n 1)" = "\"hits\":$hits" ] && echo "$range: $hits hits"
done
mcpi board -n 3 -o three.csv && cmp three.csv <(mcpi board -n 3)
mcpi board -n 3 -o - | cmp - three.csv
echo "-- inside and outside, to ten digits"
mcpi board -n 1e5 | awk -F, 'NR > 1 && ($2 * $2 + $3 * $3 < 1) != $4 { wrong++ } END { print wrong + 0 }'
echo "-- refused"
try() { mcpi board "$@"; echo "exit code $?"; }
try --first 2^63 -n 1
try -n 0 --plot board.svg
try -n 100001 --plot board.svg
try --plot board
try --plot no/such/folder/board.svg
mcpi board >/dev/full; echo "exit code $?"
echo "-- without gnuplot its script is kept"
export SOURCE_DATE_EPOCH=0
PATH=$(dirname "$(command -v mcpi)") try -s 3 -n 10 --plot "it's a board.svg"
# The machine's name and the scale of the points are not of interest here.
sed -E "s/^set label '[^,]*'(.', 1970)/set label 'MACHINE'\1/" "it's a board.gnuplot"
ls
echo "-- a table and a picture"
PATH=$(dirname "$(command -v mcpi)") try -n 3 -o both.csv --plot both.svg 2>/dev/null
cmp both.csv three.csv
PATH=$(dirname "$(command -v mcpi)") try -n 3 --plot both.svg -o - 2>/dev/null
echo "-- stopped, it leaves the file as it was"
echo old >table.csv
set -m # a shell without job control has its background jobs ignore SIGINT
mcpi board -n 1e12 -o table.csv &
until grep -q '^SigCgt:.*[2367abef]$' "/proc/$!/status"; do sleep 0.02; done # SIGINT is caught
kill -INT $!
wait $!; echo "exit code $?"
cat table.csv
