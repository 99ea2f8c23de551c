# The examples of docs/stress.md: the prolog drains a node for a bad verdict and only then, the units are what systemd
# takes, and the exit codes and metrics named are those of the program.
doc=$CASES/../../docs/stress.md
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$doc" | sed '/^```/d'; }
block bash >prolog
chmod +x prolog
if command -v shellcheck >/dev/null; then shellcheck prolog; fi

mkdir bin
printf '#!/bin/sh\necho "scontrol $*"\n' >bin/scontrol
for code in 0 1 3; do
    printf '#!/bin/sh\necho "$@"\nexit %s\n' $code >bin/mcpi-$code
    chmod +x bin/*
    echo "-- mcpi ends with $code"
    MCPI=bin/mcpi-$code MCPI_LOG=log SLURMD_NODENAME=n1 PATH=$PWD/bin:$PATH ./prolog; echo "exit code $?"
    cat log
done
echo "-- the program itself"
sed 's/-T 30s/-d cpu -T 1s/' prolog >quick
MCPI=mcpi MCPI_LOG=log bash quick; echo "exit code $?"
grep -c '^OK: ' log

for unit in service timer; do
    block $unit >mcpi-stress.$unit
    grep -c '^\[' mcpi-stress.$unit
done
sed -i "s#/usr/local/bin/mcpi#$(command -v mcpi)#" mcpi-stress.service
if command -v systemd-analyze >/dev/null; then systemd-analyze verify ./mcpi-stress.timer ./mcpi-stress.service 2>&1 | grep mcpi-stress; fi
mcpi stress -q -d cpu -t 1 -T 200ms --metrics now.prom >/dev/null
grep -oE 'mcpi_stress_[a-z_]+' "$doc" | grep -v _gpu_ | sort -u | while read -r metric; do
    grep -q "^# TYPE $metric " now.prom || echo "no metric $metric"
done
