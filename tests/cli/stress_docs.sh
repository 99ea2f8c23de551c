# The examples of docs/stress.md: systemd accepts the units, the service runs a test that passes, and the metrics have the names that
# the program uses.
examples=$CASES/../../examples
cp "$examples"/systemd/mcpi-stress.* .
grep -c '^\[' mcpi-stress.service mcpi-stress.timer
# The command of the service, with its variables as systemd replaces them.
command=$(sed -n 's/^ExecStart=//p' mcpi-stress.service)
read -ra defaults < <(sed -n "s/^Environment=//p" mcpi-stress.service)
sed -i "s#^ExecStart=mcpi#ExecStart=$(command -v mcpi)#; /^Documentation=/d" mcpi-stress.service # the manual page is not installed here
if command -v systemd-analyze >/dev/null; then systemd-analyze verify ./mcpi-stress.timer ./mcpi-stress.service 2>&1 | grep mcpi-stress; fi
run_service() { env -i "PATH=$PATH" "${defaults[@]}" "$@" bash -c "${command/-T 30s/-d cpu -t 1 -T 1s}" >verdict 2>&1; echo "exit code $?"; }
run_service
run_service MCPI_EXPECT=cpu,gpu:255
grep -o 'gpu:255 is missing' verdict
run_service "MCPI_STRESS_OPTIONS=--metrics now.prom"
cat "$CASES/../../docs/stress.md" "$examples/prometheus/mcpi-alerts.yml" | grep -oE 'mcpi_stress_[a-z_]+' | grep -v _gpu_ | sort -u | while read -r metric; do
    grep -q "^# TYPE $metric " now.prom || echo "no metric $metric"
done
