# A selection that is none: 2. A device that is not there: 4. What the machine says of its GPUs is left out.
try() { mcpi "$@" 2>&1 | sed -E 's/(there is no gpu:[0-9]+).*/\1 .../'; echo "exit code ${PIPESTATUS[0]}"; }
for d in tpu GPU gpu: gpu:x "gpu:0," cpu:1 "" " cpu"; do try -n 1 --device "$d"; done
try -n 1 --device gpu:4321
try compare --device gpu:4321
