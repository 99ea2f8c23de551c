# On a terminal: one line, redrawn in place, cleared at the end; colour unless NO_COLOR.
command -v script >/dev/null || { echo "no script(1) to make a terminal with"; exit 77; }
look() { TERM=xterm script -qec "$1" /dev/null | tr '\r' '\n' | sed -E 's/\x1b\[/<CSI>/g'; }
say_if() { if grep -q "$1" seen; then echo "$2"; else echo "$3"; fi; }
look "stty cols 80; mcpi -d cpu -T 900ms --json" >seen
say_if '<CSI>36m.*left  pi 3.*<CSI>0m' "drawn in colour" "not drawn"
awk '/left  pi/ { gsub(/<CSI>[0-9]*[mK]/, ""); if (length($0) >= 80) print "too wide: " length($0) }' seen
say_if '^<CSI>K{"schema"' "cleared before the result" "not cleared"
look "NO_COLOR=1 mcpi -d cpu -T 900ms --json" >seen
say_if '<CSI>36m' "colour" "no colour"
say_if 'left  pi' "drawn" "not drawn"
look "mcpi -q -d cpu -T 900ms --json" >seen
say_if 'left  pi' "drawn" "quiet"
cat >background.sh <<'END'
stty tostop # a job that writes in the background is stopped
mcpi -d cpu -T 900ms --json >result.json & sleep 0.7
ps -o stat= -p $!
wait $!; echo "exit code $?"
END
look "bash -m background.sh" >seen
grep . seen | sed -E 's/^T.*/stopped/; s/^[SR].*/running/'
echo "-- board prints on a terminal what is asked for"
look "mcpi board; echo exit code \$?" | grep .
look "mcpi board -n 1" | grep .
look "mcpi board -o -" | grep -c ^
look "mcpi board -n 1 -o file; cat file; mcpi board | wc -l; mcpi board >file; wc -l <file" | grep .
