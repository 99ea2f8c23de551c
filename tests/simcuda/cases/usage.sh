# Misspelt options.
. "$CASES/simcuda.bash"
wrong() { on "$@" -- image 2>&1 | sed '/^usage: /,/^               -- /d; /^ .*\[/d'; }
wrong --fail call=cudaMaloc
wrong --fail call=cudaMalloc,error=cudaOops
wrong --fail call=cudaMalloc,nth=0
wrong --fail kind=fire
wrong --fail nth=1
wrong --slow dev=0,x=0.5
wrong --devices 65
wrong --cc nine
wrong --ptx none.ptx
on --fail call=cudaMalloc,error=2 -- image
on --trace -- image
"$SIMCUDA" -- ./none; echo "exit code $?"
