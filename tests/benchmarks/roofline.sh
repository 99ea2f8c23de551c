# Every loop is measured, unless one of them has a wrong result. The times of a simulated device are meaningless.
roofline() {
    "$SIMCUDA" --report "$@" -- "$ROOFLINE" 2 --repetitions 1 >out 2>err; echo "exit code $?"
    sed -E 's/[0-9]+\.[0-9]+/N/g; s/  +/ /g' out
    grep -E 'wrong|report: (leak|misuse)|[0-9] findings' err
}
roofline
for kernel in imad_wide imad_hi imad_low logic fma_float fma_double convert; do
    echo "corrupt $kernel"
    roofline --fail "kind=corrupt,kernel=$kernel,nth=2"
done
echo "lines of JSON"
"$SIMCUDA" -- "$ROOFLINE" 1 --repetitions 2 --json | sed -E 's/[0-9]+\.[0-9]+/N/; s/"gpu".*/.../'
"$SIMCUDA" --devices 0 -- "$ROOFLINE"; echo "exit code $?"
