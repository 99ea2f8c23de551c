# Every kernel that this machine runs counts the golden counts up to 10^7 darts, the usual one up to 10^9.
check() { # check MOST [OPTION...]
    local most=$1 seed stream first darts hits counted
    shift
    while read -r seed stream first darts hits; do
        [ "$darts" -le "$most" ] || continue
        counted=$(mcpi -q -d cpu --json -s "$seed" --stream "$stream" --first "$first" -n "$darts" "$@" |
            sed 's/^{[^{]*"hits":\([0-9]*\).*/\1/')
        [ "$counted" = "$hits" ] || echo "$*: seed $seed, stream $stream, $darts darts from $first: $counted, not $hits"
    done < <(tail -n +2 "$CASES/../golden.tsv")
}
kernels=$(mcpi devices -v | sed -n 's/^\([a-z0-9]*\)  *can run.*/\1/p')
[ -n "$kernels" ] || echo "no kernel can run"
for kernel in $kernels; do check $((10 ** 7)) --kernel "$kernel"; done
check $((10 ** 9))
echo "all counted"
