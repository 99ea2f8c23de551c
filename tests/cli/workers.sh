# --workers processes: the same counts, whatever happens to the processes; and none of them is left behind.
[ -e "/proc/$$/task/$$/children" ] || { echo "this kernel does not list the children of a process"; exit 77; }
set -m # a shell without job control has its background jobs ignore SIGINT
field() { grep -oE "\"$1\":[^,}]+" | head -n 1 | cut -d: -f2; }

# The worker processes of process $1, once there are $2 of them.
workers_of() {
    local found=()
    while [ ${#found[@]} -lt "$2" ]; do
        sleep 0.01
        read -ra found -d '' < <(cat "/proc/$1/task"/*/children 2>/dev/null) || [ -e "/proc/$1" ] || return 1
    done
    printf '%s\n' "${found[@]}"
}

# Are all these processes gone, or about to be?
gone() {
    for pid in "$@"; do
        while [ -e "/proc/$pid" ] && ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null; do sleep 0.01; done
    done
    echo "no worker is left"
}

for verify in off on full; do
    mcpi -q -d cpu -t 3 -n 1e7 --workers processes --verify $verify --json >out.json
    echo "verify $verify: $(field hits <out.json) hits, in processes: $(field in_processes <out.json)"
done
mcpi -q -d cpu -n 1e6 --workers threads --json | field in_processes
mcpi compare -q -d cpu -t 2 -T 0.1 --workers processes >out 2>/dev/null && echo "compare agrees"
mcpi stress -q -d cpu -t 1 -T 1s --workers processes >out && echo "stress passes"
mcpi -n 1 --workers fork

echo "-- a worker process that is killed is replaced"
mcpi -q -d cpu -t 2 -n 1e10 --workers processes --json >out.json 2>error &
program=$!
mapfile -t workers < <(workers_of $program 2)
kill -ABRT "${workers[0]}"
wait $program; echo "exit code $?, $(field hits <out.json) hits, restarts: $(field restarts <out.json)"
sed -E 's/\(.*\): worker process [0-9]+/(NAME): worker process PID/' error
gone "${workers[@]}"

echo "-- how it ended is known although the shell ignores SIGCHLD"
(trap '' CHLD && exec mcpi -q -d cpu -t 1 -n 2^62 --workers processes) >out 2>error &
program=$!
worker=$(workers_of $program 1)
kill -ABRT "$worker"
while [ "$(workers_of $program 1)" = "$worker" ]; do sleep 0.01; done
kill -INT $program
wait $program; echo "exit code $?"
sed -E 's/\(.*\): worker process [0-9]+/(NAME): worker process PID/' error

echo "-- signals for the process group are the program's business"
for signal in INT XCPU; do
    mcpi -q -d cpu -t 2 -n 2^62 --workers processes --json >out.json 2>error &
    program=$!
    mapfile -t workers < <(workers_of $program 2)
    sleep 0.1
    kill -$signal -$program
    wait $program; echo "exit code $?, complete: $(field complete <out.json)"
    cat error
    [ "$(mcpi -q -d cpu -n "$(field darts <out.json)" --json | field hits)" = "$(field hits <out.json)" ] && echo "the count of its darts"
    gone "${workers[@]}"
done

echo "-- a worker that cannot write its counts names its device"
(ulimit -f 0 && mcpi -q -d cpu -t 1 -n 1e6 --workers processes 2>&1 >/dev/null) | sed -E "s/\(.*\):/(NAME):/"

echo "-- no worker outlives a killed program"
mcpi -q -d cpu -t 4 -n 2^62 --workers processes >out 2>&1 &
program=$!
mapfile -t workers < <(workers_of $program 4)
{ kill -KILL $program; wait $program; } 2>/dev/null
gone "${workers[@]}"
rm -f out out.json error
