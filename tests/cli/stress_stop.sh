# A signal is the normal way to end a stress test: the summary is printed, and the exit code is that of the test.
set -m # a shell without job control has its background jobs ignore SIGINT
for signal in INT TERM; do
    mcpi stress -q -d cpu --json >out.json &
    sleep 1
    kill -$signal $!
    wait $!; echo "SIG$signal: exit code $?, $(grep -oE '"summary":true,"status":"[A-Z]+"' out.json)"
done
mcpi stress -q -d cpu --kernel scalar -o twice.json >twice.txt &
sleep 0.5
kill -INT $!
sleep 0.02
kill -TERM $! 2>/dev/null
wait $!; echo "twice: exit code $?, $(grep -c '^OK: ' twice.txt) summary"
ls
