# -v names the GPUs, and those that are left out. It starts no driver if the command does not.
. "$CASES/sim.bash"
say() { sim "$@" 2>&1 >/dev/null | sed -nE 's/(CPU) (about|less than) [0-9.]+ ms/\1 TIME/; s/^(mcpi: cpu: ).*; --device/\1NAME; --device/; /^mcpi: (gpu|GPU|recounts|cpu: NAME)/p'; }
say --devices 2 -- -v -q -d gpu:1 -n 1e6
say --devices 1 -- -v -q -n 1e6 --verify full
say --devices 0 -- -v -q -d all -n 1e6
say --devices 1 -- -v -q -n 1e6
sim --devices 1 --trace -- -v -q -n 1e6 2>trace >/dev/null
grep -c cuda trace
