# A second SIGINT while gnuplot draws ends the program at once, and leaves no incomplete file.
set -m # a shell without job control has its background jobs ignore SIGINT
if grep -q __tsan_init "$(command -v mcpi)"; then
    echo "ThreadSanitizer holds signals back while the program waits"
    exit 77
fi
mkdir bin
ln -s "$(command -v mcpi)" bin/mcpi
printf '#!/bin/sh\n: >drawing\nexec %s 4\n' "$(command -v sleep)" >bin/gnuplot
chmod +x bin/gnuplot
PATH=$PWD/bin mcpi -q -d cpu -n 20 --plot convergence.svg --trace trace.csv -o result.json >/dev/null &
for _ in {1..400}; do [ -e drawing ] || sleep 0.05; done
kill -INT $!
sleep 1.2
kill -INT $!
wait $!; echo "exit code $?"
ls
