# -o: the result is written to a file atomically. A file that cannot be written is an error before the run.
strip() { sed 's/,"seconds".*//' "$@"; }
mcpi -q -d cpu -n 1000 -o result.json >/dev/null && strip result.json
echo old >kept.json
mcpi -q -d cpu -n 1000 --kernel sse9 -o kept.json 2>/dev/null; echo "exit code $?: $(cat kept.json)"
mcpi -q -d cpu -n 1000 --json -o kept.json | strip && strip kept.json
mcpi -n 1e18 -d cpu -o no/such/folder/result.json; echo "exit code $?"
mkdir folder
mcpi -n 1e18 -d cpu -o folder; echo "exit code $?"
mcpi -q -d cpu -n 1000 -o /dev/null >/dev/null; echo "exit code $?"; test -c /dev/null && echo "/dev/null is still a device"
ls
