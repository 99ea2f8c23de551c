. "$CASES/sim.bash"
sim --devices 2 -- devices | grep '^gpu'
sim --devices 0 -- devices | grep '^gpu'
sim --driver none -- devices | grep '^gpu'
sim --driver old -- devices | grep '^gpu' | sed 's/for CUDA [0-9.]*,/for CUDA X.Y,/'
