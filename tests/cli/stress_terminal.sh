# On a terminal: one line, redrawn in place, at most as wide as the terminal, cleared before the summary; no other lines.
command -v script >/dev/null || { echo "no script(1) to make a terminal with"; exit 77; }
look() { TERM=xterm script -qec "$1" /dev/null | tr '\r' '\n' | sed -E 's/\x1b\[/<CSI>/g'; }
look "stty cols 40; mcpi stress -d cpu -T 2500ms --interval 1s" >seen
grep -c '<CSI>36m[0-9]* s  .* darts/s  0 dis' seen | awk '{ print ($1 >= 2 ? "drawn again" : "drawn " $1 " times") }'
awk '/darts\/s  0/ { gsub(/<CSI>[0-9]*[mK]/, ""); if (length($0) >= 40) print "too wide: " length($0) }' seen
grep -qE '^<CSI>Kdevice +ranges' seen && echo "cleared before the summary"
grep -q '^mcpi: [0-9]* s' seen && echo "a line besides"
look "mcpi stress -q -d cpu -T 1500ms" | grep -c 'disagreement'
