# The CPU is always listed. The GPUs depend on the machine and are not checked.
mcpi devices | grep -c '^cpu '
mcpi devices | sed -n '/^kernels of cpu/,$p' | grep -E '^scalar'
for v in -v --verbose; do mcpi devices "$v" | grep -cx processors; done
mcpi devices | grep -cx processors || true
mcpi devices --json | grep -oE '^\{"schema":"mcpi.devices.v1","version":"[0-9.]+","devices":\[\{"id":"cpu","available":true'
# Rates of the self-test: of at least two kernels, or of none.
if [ "$(mcpi devices -v | grep -c 'darts/s on one core by the self-test')" = 1 ]; then echo "one kernel was timed: against what?"; fi
mcpi devices | grep -c 'self-test' || true
