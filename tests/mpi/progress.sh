# Rank 0 alone prints the lines of progress and what -v explains.
. "$CASES/mpi.bash"
ranks 2 -d cpu -t 1 -T 700ms --interval 1ms 2>&1 >/dev/null | grep -E '^mcpi: [0-9-]{10}T' |
    sed -E 's/^mcpi: [0-9TZ:-]+  [0-9]+ %  .* left  pi 3\.1[0-9]* .*/mcpi: TIME  FACTS/' | sort -u
ranks 2 -v -q -d cpu -t 1 -n 1e6 2>&1 >/dev/null | grep -E 'rank|workers'
