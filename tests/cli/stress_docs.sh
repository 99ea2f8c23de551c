# The examples of docs/stress.md: systemd accepts the units, and the metrics have the names that the program uses.
doc=$CASES/../../docs/stress.md
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$2" | sed '/^```/d'; }
for unit in service timer; do
    block $unit "$doc" >mcpi-stress.$unit
    grep -c '^\[' mcpi-stress.$unit
done
sed -i "s#/usr/local/bin/mcpi#$(command -v mcpi)#" mcpi-stress.service
if command -v systemd-analyze >/dev/null; then systemd-analyze verify ./mcpi-stress.timer ./mcpi-stress.service 2>&1 | grep mcpi-stress; fi
mcpi stress -q -d cpu -t 1 -T 1s --expect cpu --metrics now.prom >/dev/null
grep -oE 'mcpi_stress_[a-z_]+' "$doc" | grep -v _gpu_ | sort -u | while read -r metric; do
    grep -q "^# TYPE $metric " now.prom || echo "no metric $metric"
done
