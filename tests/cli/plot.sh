# A picture without gnuplot, and with one that fails: the script is kept, and the message says so.
export SOURCE_DATE_EPOCH=0
mkdir bin
ln -s "$(command -v mcpi)" bin/mcpi
only() { PATH=$PWD/bin "$@"; }
make_gnuplot() { printf '#!/bin/sh\n%s\n' "$*" >bin/gnuplot; chmod +x bin/gnuplot; }
echo "-- none"
only mcpi -q -d cpu -n 20 --plot convergence.svg --trace trace.csv | grep ^count
echo "exit code ${PIPESTATUS[0]}"
cut -d, -f1,2 trace.csv
# The machine's name is not of interest here.
sed -E "s/^set label '[^,]*'(.', 1970)/set label 'MACHINE'\1/" convergence.gnuplot
rm convergence.gnuplot trace.csv
echo "-- one that fails"
make_gnuplot "echo half a picture; echo 'gnuplot: no such terminal' >&2; exit 1"
echo old >convergence.png
only mcpi -q -d cpu -n 20 --plot convergence.png >/dev/null; echo "exit code $?"
cat convergence.png
ls
rm convergence.*
echo "-- the run's own exit code comes first"
PATH=$PWD/bin mcpi -q -d cpu -n 2^62 --plot convergence.svg >/dev/null &
sleep 0.3
kill -TERM $!
wait $!; echo "exit code $?"
rm -f convergence.*
echo "-- no darts"
mcpi -q -d cpu -n 0 --plot convergence.svg >/dev/null; echo "exit code $?"
