# Calls that must succeed or fail as CUDA's do, and leave nothing behind.
. "$CASES/simcuda.bash"
for scenario in memory mapped capacity symbols launches; do on --report -- calls "$scenario"; done
on --report --delay 50 -- calls streams
on --report --devices 2 -- calls two_devices
on -- calls no_such_scenario
