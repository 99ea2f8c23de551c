# The CPU is always there; what is said of GPUs is this machine's business.
mcpi devices | grep -c '^cpu '
mcpi devices | sed -n '/^CPU kernels/,$p' | grep -E '^scalar'
mcpi devices --json | grep -oE '^\{"schema":"mcpi.devices.v1","version":"[0-9.]+","devices":\[\{"id":"cpu","available":true'
# Rates of the self-test: of at least two kernels, or of none.
mcpi devices -v | grep -c 'darts/s on one core by the self-test' | grep -qE '^1$' && echo "one kernel was timed: against what?"
mcpi devices | grep -c 'self-test'
