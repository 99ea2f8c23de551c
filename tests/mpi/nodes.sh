# Several nodes, each a set of namespaces, with TCP between them. MPI gets no options that choose a network or a transport.
. "$CASES/mpi.bash"
# A program that only sends one message does so, too.
[[ ${mpirun_options[0]} != -bind-to ]] || { echo "MPICH 4.0.2 sometimes does not end on such nodes"; exit 77; }
golden=$("$MCPI" -q -d cpu -n 1e8 --json | field hits | head -n 1)
"$CASES/cluster" --plain 3 "${MPIRUN:-mpirun}" "${mpirun_options[@]}" -H node1:1,node2:2,node3:1 mcpi -q -d cpu -t 1 -n 1e8 --json >run.json 2>err ||
    { code=$?; cat run.json err; exit $code; }
[ "$(field hits <run.json | head -n 1)" = "$golden" ] && echo "golden"
echo "nodes: $(field node <run.json | sort | tr '\n' ' ')processes: $(field processes <run.json), nodes: $(field nodes <run.json)"
echo "threads: $(field threads <run.json | tr '\n' ' ')"
