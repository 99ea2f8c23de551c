# One report, by rank 0, with a row for each device of each node.
. "$CASES/mpi.bash"
ranks 3 -q -d cpu -t 1 --kernel scalar -n 1e6 -o result.json | sed -E -e "s/^$(hostname) +/NODE  /" -e 's/^node +/node  /' \
    -e 's/^(NODE .*%)  *[0-9.e]+  .*/\1  RATE  NAME/' -e 's/[0-9.]+ %  RATE/BUSY  RATE/' -e 's/^time .*/time/' -e 's/[0-9]+ chunks?/N chunks/'
field node <result.json | sed "s/$(hostname)/NODE/"
grep -oE '"sharing":.*' result.json | sed -E 's/"chunks":[0-9]+/"chunks":N/'
"$MCPI" merge -q result.json | grep count
