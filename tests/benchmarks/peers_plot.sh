# The picture of the peers: a bar and a label for each row, in SVG and PNG.
for tool in python3 gcc gnuplot; do
    command -v $tool >/dev/null || { echo "skipped: no $tool in PATH"; exit 77; }
done
unset CC CXX
real=$(readlink -f "$(command -v mcpi)")
draw() { "$PEERS" --mcpi "$real" --build "$PWD/build" --seconds 1e-6 --rounds 1 --plot "$@" >/dev/null 2>&1; echo "exit code $?"; }
# The texts of the picture, with words for numbers that are formed as they should be.
texts() { sed 's,<title>[^<]*</title>,,' "$1" | grep -oE '>[^<>]+</' | sed -E 's/^>//; s,</$,,; s/[1-9]\.[0-9]{2}e[0-9]{1,2}/RATE/; s/x [0-9.]+(e-[0-9]+)?\)/x RATIO)/' |
    grep -E 'RATE|worker|Darts|mcpi|rand_r|serial'; }

draw all.svg --workers 1,2 rand_r pure-serial
texts all.svg | sort
"$PEERS" --plot no/such/picture.svg 2>&1 | grep error
draw all.png --workers 1 rand_r
head -c 8 all.png | tail -c 7 | head -c 3; echo
