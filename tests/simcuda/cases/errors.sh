# Kernels with invalid accesses, traps and deadlocks.
. "$CASES/simcuda.bash"
for kind in bounds misaligned trap host freed shared deadlock; do on -- calls kernel $kind; done
on -- calls kernel shuffle
on --undefined-fails -- calls kernel shuffle
on -- calls touch
