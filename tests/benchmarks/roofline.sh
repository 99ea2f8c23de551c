# The roofs are timed beside the loop, unless one of them came to a wrong result.
roofline() {
    "$SIMCUDA" --report "$@" -- "$ROOFLINE" 1000 --benchmark_repetitions=1 >out 2>err; echo "exit code $?"
    sed -nE 's/=[^ ]*//g; s/^(roofline\/).*(ERROR.*|1 logic.*)/\1 \2/p' out
    grep -E '^wrong|report: (leak|misuse)|[0-9] findings' err
}
roofline
for kernel in turn_of_wide turn_of_logic turn_of_mix count_draws; do
    echo "corrupt $kernel"
    roofline --fail "kind=corrupt,kernel=$kernel,nth=2"
done
