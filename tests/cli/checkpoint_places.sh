# A checkpoint never replaces a file that is no checkpoint of its run.
try() { mcpi -q -d cpu "$@" >/dev/null; echo "exit code $?"; }
try -n 1e6 --checkpoint a
try -n 2e6 --checkpoint b
cp b b.kept
echo "a letter" >letter
echo "-- another run, or no checkpoint at all"
try --resume a --checkpoint b
try --resume a --checkpoint letter
cmp b b.kept
cat letter
echo "-- the same run"
cp a c
try --resume a --checkpoint c
ln a d
try --resume a --checkpoint d
ls a.previous c.previous d.previous 2>&1
echo "-- beside it"
cp letter a.previous
try --resume a
cp b a.previous
try --resume a
head -c 50 b >a.previous
try --resume a
cmp a c
mv a a.previous
try -n 1e6 --checkpoint a
try --resume a
try --resume a.previous --checkpoint a
cmp a a.previous
rm a a.previous
echo "-- a damaged one and the one before it"
cp c run.previous
head -c 60 c >run
try --resume run
try --resume run.previous --checkpoint run
cmp run c
cmp run.previous c
cp b run
try --resume run.previous --checkpoint run
cmp run b
echo "-- planted"
echo victim >victim
for name in new lock previous; do
    ln -s victim planted.$name
    try -n 1000 --checkpoint planted
    rm -f planted planted.lock planted.previous
done
cat victim
ls
