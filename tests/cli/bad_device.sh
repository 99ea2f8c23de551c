# Exit code 2 for an invalid selection, 4 for a missing device. Messages about this machine's GPUs are omitted.
try() { mcpi "$@" 2>&1 | sed -E 's/(there is no gpu:[0-9]+).*/\1 .../'; echo "exit code ${PIPESTATUS[0]}"; }
for d in tpu GPU gpu: gpu:x "gpu:0," cpu:1 "" " cpu"; do try -n 1 --device "$d"; done
try -n 1 --device gpu:4321
try compare --device gpu:4321
