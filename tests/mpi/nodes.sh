# Several machines, as far as one can play them: namespaces of their own, TCP between them.
. "$CASES/mpi.bash"
golden=$("$MCPI" -q -d cpu -n 1e8 --json | field hits | head -n 1)
# shellcheck disable=SC2016
"$CASES/machines" 3 bash -c '
    $MCPI_MPIRUN --oversubscribe --bind-to none -H node1:1,node2:2,node3:1 mcpi -q -d cpu -t 1 -n 1e8 --json' >run.json 2>err ||
    { code=$?; cat run.json err; exit $code; }
[ "$(field hits <run.json | head -n 1)" = "$golden" ] && echo "golden"
echo "nodes: $(field node <run.json | sort | tr '\n' ' ')processes: $(field processes <run.json), nodes: $(field nodes <run.json)"
echo "threads: $(field threads <run.json | tr '\n' ' ')"
