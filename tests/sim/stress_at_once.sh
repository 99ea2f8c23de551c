# A finding is in the metrics at once, long before an interval ends, and determines the exit code even if a signal ends the
# test.
set -m # a shell without job control has its background jobs ignore SIGINT
. "$CASES/sim.bash"
sim --devices 2 -- stress -q -d gpu -T 1s >/dev/null 2>&1 || true # the simulator compiles kernels when first launched
value() { sed -n "s/^mcpi_stress_$1 //p" now.prom; }
try() { # FAULT
    echo "-- $1"
    printf 'mcpi_stress_passed 1\n' >now.prom
    "${SIMCUDA:?}" --preload --fp64-ratio 64 --devices 2 --fail "$1" -- "$(command -v mcpi)" stress -q -d gpu -T 1h --interval 1h \
        --metrics now.prom -o now.json >text 2>/dev/null &
    until grep -q 'passed 0' now.prom; do sleep 0.1; done
    echo "running $(value running), passed $(value passed), exit code $(value exit_code)"
    kill -INT $!
    wait $!; echo "exit code $?"
    echo "running $(value running), passed $(value passed), exit code $(value exit_code), interrupted $(value interrupted)"
    grep -oE '"status":"[A-Z_]+"' now.json
    grep -oE '^NOT OK|of 1:00:00' text
}
try kind=kernel,dev=1,nth=6
try kind=flip,dev=1,nth=6,bit=3
