# A result that cannot be delivered is a failure, not a success.
mcpi -q -d cpu -n 1000 >/dev/full; echo "exit code $?"
mcpi --help >/dev/full; echo "exit code $?"
mcpi -q -d cpu -n 1000 >&-; echo "exit code $?"
{ sleep 0.2; mcpi -q -d cpu -n 1000; } | true; echo "exit code ${PIPESTATUS[0]}"
# A reader that does not read: the run waits to write, but nothing is lost.
mcpi -q -d cpu -n 1000 --json | { sleep 0.3; grep -c '"complete":true'; }
# A command that only prints ends by SIGPIPE, as other filters do.
mcpi board -n 1e5 | head -n 1; echo "ended by $(kill -l "${PIPESTATUS[0]}")"
# No command complains of a reader that has gone. A result that is lost is a failure all the same.
for command in 'run -n 1000' 'compare -T 10ms' 'scaling -n 1000' 'stress -T 300ms' 'board -n 1e5' devices help version; do
    options='-q -d cpu -t 1'
    case $command in board* | devices | help | version) options= ;; esac
    # shellcheck disable=SC2086
    { sleep 0.2; mcpi $command $options 2>err; } | true
    echo "$command: exit code ${PIPESTATUS[0]}, $(grep -c 'written\|standard output' err) complaints"
done
for option in --trace --log; do
    { sleep 0.2; mcpi -q -d cpu -n 1000 $option - 2>err; } | true
    echo "$option -: exit code ${PIPESTATUS[0]}, $(wc -l <err) complaints"
done
