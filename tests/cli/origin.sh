# Each JSON object but a merged result states its host, job and times, on standard output and with -o, and jq can read it.
# A scheduler's values may be any bytes.
command -v jq >/dev/null || { echo "no jq"; exit 77; }
export TZ=Asia/Kathmandu
today=$(date -u +%Y-%m-%d)
version=$(mcpi --version | sed -n "1s/mcpi //p")
# The origin; this host is "here", each time is true if it is one of today or later, and of the state of the machine the keys
# are shown whose values are numbers or unknown.
origin='def state: if . then [to_entries[] | select(.value == null or .value >= 0) | .key] else . end;
    .origin | .host |= (if . == $host then "here" else . end) | .pid |= (if . > 1 then "a process" else . end)
    | .started |= test("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$") and . >= $today
    | .ended |= (if . then test("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$") and . >= $today else . end)
    | .system |= (.name == $system and .release == $release) | .before |= state | .after |= state
    | .build |= has("commit") and .version == $version'
origin() {
    jq -c --arg host "$(uname -n)" --arg today "$today" --arg system "$(uname -s)" --arg release "$(uname -r)" --arg version "$version" "$origin" "$@"
}
show() {
    echo "-- $*"
    "$@" -q -o file.json --json 2>/dev/null >out.json
    origin out.json | uniq
    tail -n 1 out.json | cmp - file.json
}
show mcpi -d cpu -n 1000
show mcpi compare -d cpu -t 1 -T 50ms
show mcpi scaling -d cpu -t 1 -n 1000
show mcpi stress -d cpu -t 1 -T 1s --interval 1ms
show mcpi stress -d cpu -t 1 -T 1h --expect gpu:255
cp file.json refused.json
show mcpi devices
echo "-- the times of lines"
mcpi stress -q -d cpu -t 1 -T 1s --interval 1ms --json |
    jq -s 'length > 1 and all(.time_utc == (.time | todate) and ((.summary | not) or .time_utc == .origin.ended))'
jq -r '.time == (.origin.ended | fromdate)' refused.json
echo "-- a run that is stopped"
mcpi -q -d cpu -n 2^62 --checkpoint run --checkpoint-every 20ms -o stopped.json >/dev/null 2>&1 &
until [ -s run ] || ! kill -0 $!; do sleep 0.1; done
kill -TERM $!
wait $!; echo "exit code $?"
origin stopped.json
echo "-- a merged result"
mcpi merge -q --json run 2>/dev/null | jq 'has("origin")'
echo "-- in a job"
export SLURM_JOB_ID=1237 SLURM_ARRAY_JOB_ID=1230 SLURM_ARRAY_TASK_ID=7 SLURM_STEP_ID=0 SLURM_PROCID=3
show mcpi stress -d cpu -t 1 -T 1s
long=$(printf '%010000d' 0)
SLURM_STEP_ID=$'\xff"\n' SLURM_ARRAY_TASK_ID=$long show mcpi devices
echo "-- in a job, text reports and messages"
lines() { sed -E "s/\b$(uname -n)\b/HOST/; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g"; }
for command in run compare scaling stress; do
    SLURM_STEP_ID=$'\e[31m' mcpi $command -q -d cpu -t 1 -T 100ms 2>/dev/null | head -n 1 | lines
done
mcpi stress -d cpu -t 1 -T 1s --interval 1ms --progress always 2>&1 >/dev/null | lines | cut -d ' ' -f 1-2 | uniq
for command in run stress devices; do
    mcpi $command -q --expect gpu:255 2>&1 >/dev/null | lines | cut -d ' ' -f 1-7; echo "exit code ${PIPESTATUS[0]}"
done
mcpi merge -q run 2>/dev/null | grep -c ^job
unset SLURM_JOB_ID
mcpi -q -d cpu -n 1000 | grep -c ^job
show mcpi devices
JOB_ID=17 SGE_TASK_ID=undefined show mcpi devices
