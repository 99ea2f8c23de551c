# A stress test is blocked because its output is not read. It cannot react to a signal, but a later SIGINT still ends it.
set -m # a shell without job control has its background jobs ignore SIGINT
if grep -q __tsan_init "$(command -v mcpi)"; then
    echo "ThreadSanitizer holds signals back while the program waits"
    exit 77
fi
mkfifo pipe
exec 3<>pipe # it holds 64 KiB
head -c 60000 /dev/zero >&3
mcpi stress -d cpu -t 1 --json --interval 1ms --progress never >pipe &
for _ in {1..400}; do
    before=$(awk '{ print $1 }' /proc/$!/schedstat)
    sleep 0.3
    [ "$(awk '{ print $1 }' /proc/$!/schedstat)" != "$before" ] || break
done
kill -INT $!
sleep 1.2
kill -INT $!
wait $!; echo "exit code $?"
