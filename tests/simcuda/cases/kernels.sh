# Kernels against models on the host, in every order.
. "$CASES/simcuda.bash"
on -- kernels
on --order rev -- kernels
on --order shuffle --seed 3 --undefined-fails -- kernels
on -- floats
on --order fwd -- kernels unsynced
on --order rev -- kernels unsynced
