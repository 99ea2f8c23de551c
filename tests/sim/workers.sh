# Workers in processes of their own, on simulated GPUs: a GPU that fails, lies or hangs there is as if it did so in the program.
. "$CASES/sim.bash"
[ -e "/proc/$$/task/$$/children" ] || { echo "this kernel does not list the children of a process"; exit 77; }

# To be run in the background: the process becomes the program.
start() { exec "$SIMCUDA" --preload --fp64-ratio 64 --devices 2 -- "$(command -v mcpi)" "$@"; }

# The worker process of gpu:1.
find_victim() {
    local pid children
    victim=
    until [ -n "$victim" ]; do
        sleep 0.01
        read -ra children -d '' < <(cat "/proc/$program/task"/*/children 2>/dev/null)
        for pid in "${children[@]}"; do
            if { tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q '^mcpi-worker gpu:1'; } 2>/dev/null; then victim=$pid; fi
        done
        kill -0 "$program" || return 1
    done
}

for selection in gpu gpu:0,0 all; do
    for verify in off on full; do
        echo "$selection, verify $verify: $(sim --devices 2 -- -q -d $selection -n 1e7 --workers processes --verify $verify --json |
            tee run.json | field hits | head -n 1), $(field complete <run.json) $(field in_processes <run.json | sort -u)"
    done
done

echo "-- the driver kills the process of a GPU"
start -q -d gpu -n 1e8 --workers processes --json >run.json 2>error &
program=$!
find_victim
kill -ABRT "$victim"
wait $program; echo "exit code $?, $(field hits <run.json | head -n 1) hits, restarts: $(field restarts <run.json | head -n 1)"
sed -E 's/worker process [0-9]+/worker process PID/' error

echo "-- a stress test uses processes for GPUs"
start stress -q -d gpu -T 60s --json >lines 2>error &
program=$!
find_victim
kill -BUS "$victim"
sleep 0.5
kill -INT $program
wait $program; echo "exit code $?"
sed -E 's/worker process [0-9]+/worker process PID/' error
