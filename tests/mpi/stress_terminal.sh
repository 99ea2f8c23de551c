# On a terminal of rank 0: one line about all nodes, redrawn in place, at most as wide as the terminal, and no other lines.
. "$CASES/mpi.bash"
command -v script >/dev/null || { echo "no script(1) to make a terminal with"; exit 77; }
arguments=(stress -d cpu -T 2s --interval 400ms)
export TERM=xterm
mpirun "${mpirun_options[@]}" -np 1 script -qec "stty cols 40; mcpi ${arguments[*]}" /dev/null : -np 1 mcpi "${arguments[@]}" 2>&1 |
    tr '\r' '\n' | sed -E 's/\x1b\[/<CSI>/g' >seen
grep -E '^<CSI>36m[0-9]+ s  1 node: ' seen | awk 'END { print (NR >= 2 ? "drawn again" : "drawn " NR " times") }'
awk '/^<CSI>36m/ { gsub(/<CSI>[0-9]*[mK]/, ""); if (length($0) >= 40) print "too wide: " length($0) }' seen
grep -qE '^<CSI>K *rank +node' seen && echo "cleared before the table"
echo "lines besides: $(grep -cE '^mcpi: [0-9]+ s' seen)"
