# In a log one line with the time every --interval, without carriage returns: nothing in a short run.
lines() {
    tr '\r' '!' | sed -E 's/^mcpi: [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z  /mcpi: TIME  /
        s/[0-9]+ %  .* left  pi 3\.1[0-9]* \+- .*/FACTS/; s/round [0-9]+/round N/' | sort -u
}
mcpi -d cpu -T 700ms >/dev/null
mcpi -d cpu -T 700ms --progress never --interval 1ms >/dev/null
mcpi -d cpu -T 700ms --progress always --interval 1ms -q >/dev/null
mcpi -d cpu -T 700ms --progress always 2>&1 >/dev/null | lines
mcpi -d cpu -T 700ms --interval 1ms 2>&1 >/dev/null | lines
echo "-- several runs"
mcpi compare -d cpu -t 1 -T 1s --interval 1ms 2>&1 >/dev/null | lines | grep -E '^mcpi: TIME  (checking|round N of [0-9]+): ' | sed 's/of [0-9]*/of M/'
mcpi compare -d cpu -t 1 -T 200ms --interval 1ms --progress never 2>&1 >/dev/null | grep -cE '^mcpi: [0-9-]{10}T' || true
