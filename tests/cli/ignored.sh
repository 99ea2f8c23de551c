# A signal that was ignored when the program started stays ignored.
field() { grep -oE "\"$1\":[^,}]+" "$2" | head -n 1 | cut -d: -f2; }
# try NAME COMMAND...: send the signal to a run of a second that COMMAND starts
try() {
    local name=$1
    shift
    "$@" mcpi -q -d cpu -n 2^62 -T 1s --json >out.json 2>err &
    sleep 0.4
    kill "-$name" $!
    wait $!; echo "$* SIG$name: exit code $?, complete: $(field complete out.json)"
}
try HUP env
try HUP nohup
try TERM nohup
try INT env --default-signal=INT
try INT env --ignore-signal=INT
try TERM env --ignore-signal=TERM
try HUP env --ignore-signal=HUP

echo "-- a stress test that runs for its time"
nohup mcpi stress -q -d cpu -t 1 -T 1s --json >out.json 2>err &
sleep 0.4
kill -HUP $!
wait $!; echo "exit code $?, $(field seconds out.json | awk '{ print ($1 >= 1 ? "the whole second" : $1) }')"

echo "-- and what gnuplot inherits"
mkdir bin
# shellcheck disable=SC2016
printf '#!/bin/sh\ngrep SigIgn /proc/self/status >ignored\ncat >/dev/null\necho picture\n' >bin/gnuplot
chmod +x bin/gnuplot
for ignore in "" HUP,INT; do
    PATH=$PWD/bin:$PATH env --default-signal=HUP,INT,PIPE ${ignore:+--ignore-signal=$ignore} \
        mcpi -q -d cpu -n 20 --plot convergence.svg >/dev/null; echo "exit code $?"
    echo "ignored at the start: ${ignore:-none}; by gnuplot: $(grep -oE '.{4}$' ignored)"
done
