# The CPU is always there; what is said of GPUs is this machine's business.
mcpi devices | grep -c '^cpu '
mcpi devices | sed -n '/^CPU kernels/,$p' | grep -E '^scalar'
mcpi devices --json | grep -oE '^\{"schema":"mcpi.devices.v1","version":"[0-9.]+","devices":\[\{"id":"cpu","available":true'
