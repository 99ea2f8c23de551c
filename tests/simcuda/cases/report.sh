# Leaks and misuse.
. "$CASES/simcuda.bash"
on --report -- calls misuse
on --report -- calls kernel trap
