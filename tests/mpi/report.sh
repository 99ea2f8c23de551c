# One report, by rank 0, with a row for each device of each rank.
. "$CASES/mpi.bash"
ranks 3 -q -d cpu -t 1 --kernel scalar -n 3e8 -o result.json |
    sed -E -e "s/^( +[0-9]+) +$(hostname) +/\1  NODE  /" -e 's/^rank  node +/rank  node  /; /^rank / s/ +darts .*/  .../' -e 's/^( +[0-2]  NODE .* 1 ) .*/\1 DARTS .../' \
        -e 's/^.*, scalar:$/NAME, scalar:/' \
        -e 's/^time .*/time/' -e 's/[0-9]+ chunks/N chunks/; s/[0-9]+ reports of [0-9]+ bytes/N reports/'
echo "ranks $(field rank <result.json | tr '\n' ' ')on $(field node <result.json | sed "s/$(hostname)/NODE/" | tr '\n' ' ')"
grep -oE '"sharing":.*' result.json | sed -E 's/("(chunks|reports|report_bytes|waited_seconds)":)[-0-9.e]+/\1N/g; s/,"parts":.*/}/'
"$MCPI" merge -q result.json | grep ^count
