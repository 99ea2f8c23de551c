# Each rank has a log of its own; together they have every dart once.
. "$CASES/mpi.bash"
ranks 3 -q -d cpu -t 1 -n 1e8 --log log --json >run.json; echo "exit code $?"
ls log*
cat log.? | awk '$2 == "counted" { print $6, $7, $8 }' | sort -n |
    awk '$1 != next_dart { print "gap or overlap before " $1 } { next_dart = $1 + $2; hits += $3 } END { print next_dart, hits }'
field hits <run.json | head -n 1
echo "-- one rank is mcpi"
ranks 1 -q -d cpu -t 1 -n 1000 --log one >run.json; echo "exit code $?"
ls one*
echo "-- refused, before anything is counted"
mkdir other.1
ranks 2 -q -d cpu -t 1 -n 1e18 --log other 2>&1 | grep -o -- '--log.*'
ranks 2 -q -d cpu -t 1 -n 1e18 --log -; echo "exit code $?"
