# Missing shards are named by the numbers in their files' names, as sbatch --array takes them, and so is an incomplete one.
case $(mcpi merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
part() { mcpi -q -d cpu "$@" >/dev/null; }
say() { { mcpi merge "$@" >/dev/null; } 2>&1; }
mkdir shards
for i in 0 1 2 4 6 10 11; do part --first $((i * 1000)) -n 1000 -o shards/$i.json; done
echo "-- missing"
say shards/*.json
echo "-- one is incomplete, inside and at its end"
part --first 5000 -n 200 -o begin.json
part --first 5400 -n 200 --checkpoint middle
part --first 5999 -n 1 -o end.json
mcpi merge -q begin.json middle end.json -o shards/5.json >/dev/null
say shards/*.json
echo "-- as a batch system may name them, a checkpoint among them, from another folder"
mkdir jobs
for i in 0 1 2 4 10; do cp shards/$i.json jobs/mcpi-4711_$i.out.json; done
part --first 11000 -n 1000 --checkpoint jobs/mcpi-4802_11.checkpoint
say "$PWD"/jobs/mcpi-*
echo "-- the array that is named fills the gaps"
say shards/*.json >said
array=$(sed -n 's/.*--array=//p' said)
echo "$array"
for range in ${array//,/ }; do
    for ((i = ${range%-*}; i <= ${range#*-}; i++)); do part --first $((i * 1000)) -n 1000 -o shards/$i.json; done
done
mcpi merge shards/*.json | grep ^count
mcpi -q -d cpu -n 12000 | grep ^count
echo "-- nothing is guessed"
rm shards/3.json shards/5.json
cp shards/4.json four.json
say shards/[0126789].json four.json
mv shards/8.json shards/80.json
say shards/*.json
say - shards/2.json <shards/0.json
say -q shards/[02].json
true
