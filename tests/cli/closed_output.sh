# A result that cannot be delivered is a failure, not a success.
mcpi -q -d cpu -n 1000 >/dev/full; echo "exit code $?"
mcpi --help >/dev/full; echo "exit code $?"
mcpi -q -d cpu -n 1000 >&-; echo "exit code $?"
