# The CPUs that each thread of a run may use, according to Linux. The calling thread is never bound.
mapfile -t cpus < <(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status | tr , '\n' |
    while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done)
[ "${#cpus[@]}" -ge 2 ] || { echo "fewer than two CPUs"; exit 77; }
a=${cpus[0]} b=${cpus[1]}

# allowed PID: the masks of the two threads that were started last, sorted; nothing before there are two.
allowed() {
    local tasks
    mapfile -t tasks < <(find "/proc/$1/task" -mindepth 1 -maxdepth 1 -printf "%f\n" 2>/dev/null | sort -n)
    [ ${#tasks[@]} -ge 3 ] || return 0
    for task in "${tasks[@]: -2}"; do
        sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/task/$task/status"
    done | sort -n | tr '\n' ' '
}

# look WANTED OPTION...: run two workers on CPUs a and b, and look at what they are bound to once that has settled.
look() {
    local wanted=$1 now='' pid code=0
    shift
    taskset -c "$a,$b" mcpi -q -d cpu -t 2 -T 1m "$@" >/dev/null &
    pid=$!
    for _ in $(seq 100); do
        sleep 0.05
        [ "$(allowed $pid)" != "$wanted" ] || break
    done
    sleep 0.2
    now=$(allowed $pid)
    kill -TERM $pid
    wait $pid || code=$?
    [ "$now" = "$wanted" ] && now="bound as they should be" || now="bound to $now, which should be $wanted"
    echo "'$*': $now, exit code $code"
}

[ $((b - a)) -eq 1 ] && both="$a-$b" || both="$a,$b"
look "$both $both "
look "$both $both " --pin none
look "$a $b " --pin threads
# Two threads of one core, where hwloc is there to believe it; without it, each CPU counts as a core.
export HWLOC_SYNTHETIC="core:1 pu:1024"
if mcpi devices -v | grep -q '^physical cores  *1$'; then on_cores="$both $both "; else on_cores="$a $b "; fi
look "$on_cores" --pin cores
look "$a $b " --pin threads
unset HWLOC_SYNTHETIC
mcpi -q -d cpu -t 2 -n 1e6 --pin cores | grep '^count'
mcpi -q -d cpu -t 3 -n 1e6 --pin threads | grep '^count'
mcpi -q -d cpu -t 2 -n 1e6 --pin threads --verify full | grep '^count'
