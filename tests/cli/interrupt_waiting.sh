# Before it counts, the program may wait for ever for the other end of a FIFO. Any signal ends that wait: nothing is lost.
mkfifo in out
try() { # SIGNAL ARGUMENT...
    local signal=$1 begin=$SECONDS
    shift
    "$@" <&0 & # without that, its standard input would be empty
    sleep 0.5
    kill -"$signal" $!
    wait $!; echo "$signal: exit code $?, $((SECONDS - begin < 8)) in time"
}
exec 9<>in # so that the program can open it, and nothing comes
try TERM mcpi merge - <in
try HUP mcpi merge in
for option in -o --trace; do try TERM mcpi -q -d cpu -n 1e6 $option out; done
try TERM mcpi stress -q -d cpu -T 1h --metrics out
ls
