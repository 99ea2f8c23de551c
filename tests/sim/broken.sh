# An installed driver that fails, and a GPU that it reports but that cannot be used, appear in text, JSON and metrics, also
# with -q, and in the exit code. A missing driver and GPUs that are hidden on purpose are no failure.
. "$CASES/sim.bash"
short() { sed -E 's/(for CUDA|needs|for) [0-9]+\.[0-9]+/\1 X.Y/g; s/(this build has code for )[^;]*/\1.../'; }
unknown=(--fail 'call=cudaGetDeviceCount,error=cudaErrorUnknown,times=0')
try() { # TITLE SIMULATOR-OPTION... -- ARGUMENT...
    echo "-- $1"
    shift
    sim "$@" -t 1 --metrics now.prom -o now.json >text 2>err; echo "exit code $?"
    short <err
    sed -nE 's/in [0-9]+ s, [0-9.e+]+ darts/in T, N darts/; /^(OK|NOT OK)/p' text | short
    grep -oE '"status":"[A-Z_]+"|"no_gpu":"[^"]{10}' now.json
    grep -oE '"failure":"[^"]{30}' now.json
    grep -E '^mcpi_stress_(up\{device="gpu|passed|exit_code)' now.prom
}
try "old driver" --driver old -- stress -q -T 500ms
try "unknown error" "${unknown[@]}" -- stress -q -T 500ms
try "no device" --devices 0 -- stress -q -T 500ms
for selection in all auto gpu; do try "no device, -d $selection" --devices 0 -- stress -q -d $selection -T 500ms; done
try "no device, -d cpu" --devices 0 -- stress -q -d cpu -T 500ms
try "no driver" --driver none -- stress -q -T 500ms
try "no driver, -d gpu" --driver none -- stress -q -d gpu -T 500ms
export CUDA_VISIBLE_DEVICES=
try "hidden" --devices 0 -- stress -q -T 500ms
try "hidden, and old" --driver old -- stress -q -T 500ms
CUDA_VISIBLE_DEVICES=7 try "no such GPU" --devices 0 -- stress -q -T 500ms
unset CUDA_VISIBLE_DEVICES
try "none that this build has code for" --cc 6.0 -- stress -q -T 500ms
try "by its number" --devices 2 --prohibited 1 -- stress -q -d gpu:1 -T 500ms

echo "-- a run that falls back to the CPU"
# For a time: a short run would not look for GPUs.
notes() { sim "$@" 2>&1 >/dev/null | short; }
for driver in old none; do notes --driver $driver -- -q -T 100ms; done
notes --driver none -- -T 100ms
CUDA_VISIBLE_DEVICES='' notes --devices 0 -- -q -T 100ms
notes "${unknown[@]}" -- -q -T 100ms
notes --driver old -- -q -d cpu -T 100ms
echo "-- the list"
for options in "--driver old" "--driver none" "--devices 2 --prohibited 1"; do
    # shellcheck disable=SC2086
    sim $options -- devices --json | sed 's/{"id"/\n&/g' | grep -oE '^\{"id":"gpu[^"]*","available":[a-z]+,"broken":[a-z]+'
done
