# Pictures that gnuplot has drawn.
command -v gnuplot >/dev/null || { echo "no gnuplot (Debian: gnuplot-nox)"; exit 77; }
export SOURCE_DATE_EPOCH=0
try() { mcpi "$@" >/dev/null; echo "exit code $?"; }
for n in 1 2 10 12 1e6; do
    try -q -d cpu -n $n --plot run-$n.svg
    try board -n "${n/1e6/4000}" --plot board-$n.png
done
try -q -d cpu -n 1e6 --plot again.svg
cmp again.svg run-1e6.svg && echo "the same"
try -q -d cpu -n 1000 --first 1e12 -s 0xffffffffffffffff --plot "it's a \"name\" \`id\`
.svg"
rm again.svg
for picture in *.svg; do tail -n 1 "$picture" | grep -o '</svg>'; done
for picture in *.png; do head -c 4 "$picture" | tail -c 3; echo; done
grep -ohE '>estimate [0-9][^<]*<|>[0-9,^]+ hits?;[^<]*<|, 1970-01-01<|>(estimate of pi|darts|pi = [0-9.]*)<' run-1e6.svg ./*.svg | sort -u
# The script draws the same picture elsewhere.
PATH=$(dirname "$(command -v mcpi)") mcpi -q -d cpu -n 1e6 --plot other.svg >/dev/null
gnuplot -d <other.gnuplot >other.svg
cmp other.svg run-1e6.svg && echo "the same"
printf '%s\n' ./* | wc -l
