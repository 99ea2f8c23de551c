# What a crash or a user leaves where --continue FILE looks.
hits() { grep -oE '"hits":[0-9]+' | head -n 1; }
try() { mcpi -q -d cpu -n 1e6 "$@" --json | hits; echo "exit code ${PIPESTATUS[0]}"; }
try --checkpoint whole
try -s 5 --checkpoint other
echo "a letter" >letter
# place FILE PREVIOUS: copies of these, or neither; "untouched" if both are left as they were.
place() {
    echo "-- FILE: ${1:-nothing}, FILE.previous: ${2:-nothing}"
    rm -f run run.previous
    [ ! "$1" ] || cp "$1" run
    [ ! "$2" ] || cp "$2" run.previous
    try -s 0 --continue run
    if cmp -s run whole; then
        echo "saved"
    elif cmp -s run "$1" && cmp -s run.previous "$2"; then
        echo "untouched"
    fi
}
head -c 100 whole >short
sed 's/785850/785851/' whole >changed
: >empty
for file in whole short changed empty ""; do
    for previous in whole short empty; do place "$file" "$previous"; done
done
place "" ""
place empty ""
place other whole
place letter whole
place short other
place "" other
place "" letter
place short letter
place whole letter
rm -f run run.previous
echo "-- links and folders"
mkdir far
ln -s far/run link
try --continue link
try --continue link
ls far
readlink link
cp short far/run
try --continue link
: >far/run
cp short far/run.previous
try --continue link
rm far/run
try --continue link
ls far
rm far/run.previous
ln -s far folder
try --continue folder
try --continue nowhere/run
mkfifo fifo
try --continue fifo
try --continue -
echo "-- two at once"
(
    flock 9
    try --continue far/run
) 9>far/run.lock
rm -f far/run.lock
echo "-- with other options"
try --continue a --checkpoint b
try --resume whole --continue a
try --continue a --continue a
try --checkpoint-every 1s
try --checkpoint-every 1s --continue a
try --continue same -o same
try --continue same -o same.previous
try --continue same --trace same.lock
mcpi compare --continue a; echo "exit code $?"
ls
