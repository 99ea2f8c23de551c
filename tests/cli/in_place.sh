# Files that cannot be renamed over: bind mounts, as containers have them, and files in a folder that takes no new ones.
if unshare -m true 2>/dev/null; then
    namespace=-m
elif unshare -rm true 2>/dev/null; then
    namespace=-rm
else
    echo "no mount namespace can be made here"
    exit 77
fi
cat >inside.sh <<'END'
try() { mcpi -q -d cpu "$@" >out; echo "exit code $?"; }
hits() { grep -oE '"hits":[0-9]+|^1000,[0-9]+|^0 [0-9]+ [0-9]+' "$1" | head -n 1; }
mkdir outside
for name in result.json trace.csv run; do echo something long enough to be cut off, repeated: {1..500} >outside/$name; done
touch outside/result.json result.json trace.csv run
mount --bind outside/result.json result.json
mount --bind outside/trace.csv trace.csv
echo "-- a bind mount"
try -n 1000 -o result.json --trace trace.csv
hits outside/result.json
hits outside/trace.csv
tail -n 1 outside/result.json | tail -c 3
try -n 1000 -o result.json
echo "-- a checkpoint"
try -n 1e6 --checkpoint first
cp first outside/run
mount --bind outside/run run
try --resume run
hits outside/run
hits run.previous
cmp run run.previous && echo "the same"
echo "-- damaged, with the one before it"
head -c 50 first >outside/run
try --resume run
try --resume run.previous --checkpoint run
cmp run run.previous && echo "the same"
echo "-- empty, damaged and complete, with one command line"
: >outside/run
rm run.previous
try -n 1e6 --continue run
cp run run.previous
head -c 50 first >outside/run
try -n 1e6 --continue run
try -n 1e6 --continue run
cmp run run.previous && echo "the same"
echo "-- a folder that takes no new files, with a file in it that can be written"
mkdir sealed
touch sealed/result.json sealed/run
mount --bind sealed sealed
mount --bind outside/result.json sealed/result.json
mount -o remount,bind,ro sealed
try -n 2000 -o sealed/result.json
hits sealed/result.json
try -n 1000 -o sealed/other.json
try -n 1000 --checkpoint sealed/new
try -n 1000 --continue sealed/new
try -n 1000 --continue sealed/run
find . -name '*.tmp' -o -name '*.lock'
END
unshare $namespace bash inside.sh
