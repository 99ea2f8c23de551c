# A result that cannot be delivered is a failure, not a success.
mcpi -q -d cpu -n 1000 >/dev/full; echo "exit code $?"
mcpi --help >/dev/full; echo "exit code $?"
mcpi -q -d cpu -n 1000 >&-; echo "exit code $?"
{ sleep 0.2; mcpi -q -d cpu -n 1000; } | true; echo "exit code ${PIPESTATUS[0]}"
# A reader that does not read: the run waits to write, but nothing is lost.
mcpi -q -d cpu -n 1000 --json | { sleep 0.3; grep -c '"complete":true'; }
# A command that only prints ends by SIGPIPE, as other filters do.
mcpi board -n 1e5 | head -n 1; echo "ended by $(kill -l "${PIPESTATUS[0]}")"
