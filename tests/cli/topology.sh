# What `mcpi devices` says about the processors of made-up machines (hwloc).
mcpi devices -v | grep -q '^physical cores  *[0-9]' || { echo "no hwloc in this build"; exit 77; }
first=$(sed -n 's/^Cpus_allowed_list:\t\([0-9]*\).*/\1/p' /proc/self/status)
mcpi devices --json | grep -qE '"workers":([2-9]|[1-9][0-9])' || { echo "fewer than two CPUs"; exit 77; }
second=$((first + 1))
taskset -c "$first,$second" true 2>/dev/null || { echo "the first two CPUs are not neighbours"; exit 77; }

export HWLOC_SYNTHETIC
for HWLOC_SYNTHETIC in "core:1 pu:1024" "core:1024 pu:1" "numa:256 core:1 pu:1"; do
    echo "-- $HWLOC_SYNTHETIC"
    taskset -c "$first,$second" mcpi devices -v | sed -n '/^processors/,$p'
    taskset -c "$first,$second" mcpi devices --json | grep -oE '"processors".*'
done
taskset -c "$first" mcpi devices -v | sed -n '/^processors/,$p'
echo "-- nothing that hwloc could read"
export HWLOC_COMPONENTS=stop
taskset -c "$first,$second" mcpi devices --json | grep -oE '"processors".*'
taskset -c "$first,$second" mcpi devices -v | sed -n '/^processors/,$p'
mcpi -q -d cpu -t 2 -n 1e6 --pin cores | grep '^count'
