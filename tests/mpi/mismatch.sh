# mcpi-mpi says when a launcher and MPI do not match: several processes were started, but the world of each has one.
. "$CASES/mpi.bash"
count=(-q -d cpu -t 1 -n 1e4 --json)
alone() { env -u PMI_SIZE "$@" mcpi "${count[@]}" 2>&1 >run.json | sed 's/mcpi-mpi needs .*/mcpi-mpi needs THIS/'; field darts <run.json | head -n 1; }
echo "-- the first of three"
alone PMI_SIZE=3 PMI_RANK=0
echo "-- the first of three, with --first"
count+=(--first 8)
alone PMI_SIZE=3 PMI_RANK=0
echo "-- the second of three"
alone PMI_SIZE=3 PMI_RANK=1
echo "-- one"
alone PMI_SIZE=1 PMI_RANK=0
echo "-- three that share a run"
PMI_SIZE=3 PMI_RANK=0 ranks 3 "${count[@]}" | field processes
