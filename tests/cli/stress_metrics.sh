# The metrics file describes the last test, however it ended.
verdict() { grep -E '^mcpi_stress_(running|passed|exit_code|devices_missing|gpus_expected) |^mcpi_stress_up' now.prom | sed 's/cpu:[0-9]*/cpu:K/'; }
yesterday() { printf 'mcpi_stress_up{device="gpu:7"} 1\nmcpi_stress_passed 1\n' >now.prom; }

echo "-- it cannot start"
for arguments in "--kernel sse9" "--expect gpu:255" "-t 65536" "--bogus" "-o no/such/folder/x.json" "-o ."; do
    yesterday
    # shellcheck disable=SC2086
    mcpi stress -q -d cpu -T 1h $arguments --metrics now.prom >/dev/null 2>&1; echo "$arguments: exit code $?"
    verdict
done
yesterday
mcpi stress -q -d gpu:255 --metrics now.prom 2>/dev/null; echo "-d gpu:255: exit code $?"
verdict

echo "-- it has begun, and says nothing of yesterday"
yesterday
mcpi stress -q -d cpu -t 1 -T 1h --metrics now.prom >/dev/null 2>&1 &
until grep -q 'mcpi_stress_up{device="cpu' now.prom; do sleep 0.05; done
verdict
{ kill -KILL $!; wait $!; } 2>/dev/null # the shell reports the death as soon as it notices it
verdict

echo "-- the result is lost"
yesterday
mcpi stress -q -d cpu -t 1 -T 1s --metrics now.prom >/dev/full 2>/dev/null; echo "exit code $?"
verdict
mcpi stress -q -d cpu -t 1 -T 1s --metrics now.prom --json >/dev/full 2>/dev/null; echo "exit code $?"
verdict
yesterday
mcpi stress -q -d cpu -t 1 -T 1s --metrics now.prom -o /dev/full >/dev/null 2>&1; echo "exit code $?"
verdict

echo "-- others can read it"
(umask 077 && mcpi stress -q -d cpu -t 1 -T 1s --metrics new.prom -o private.json >/dev/null)
stat -c '%a %n' new.prom private.json
chmod 640 new.prom
(umask 022 && mcpi stress -q -d cpu -t 1 -T 1s --metrics new.prom >/dev/null)
stat -c '%a %n' new.prom

echo "-- it cannot be written, or not any more"
set -m # a shell without job control has its background jobs ignore SIGINT
mcpi stress -q -d cpu -t 1 -T 1h --metrics /dev/full; echo "exit code $?"
mkdir folder
mcpi stress -q -d cpu -t 1 -T 1h --interval 100ms --metrics folder/now.prom >/dev/null 2>err &
until [ -e folder/now.prom ]; do sleep 0.05; done
mv folder ../gone # at once: the test writes into it
until grep -q metrics err; do sleep 0.05; done
kill -INT $!
wait $!; echo "exit code $?"
sed -E 's/after [0-9.]+ s/after T/' err
mkdir folder
mcpi stress -q -d cpu -t 1 -T 3s --interval 100ms --metrics folder/now.prom >/dev/null 2>err &
until [ -e folder/now.prom ]; do sleep 0.05; done
mv folder ../gone/as-well
wait $!; echo "exit code $?"
cat err
ls
