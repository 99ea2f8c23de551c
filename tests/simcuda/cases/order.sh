# Programming errors that show only if an operation is late, or if operations run in another order.
. "$CASES/simcuda.bash"
on --delay 50 -- calls race
on --delay 50 --poison -- calls race
on --copy-delay 50 -- calls race
echo "results without an order between streams: $(for seed in 1 2 3 4 5 6 7 8; do
    "$SIMCUDA" --delay 20 --shuffle-streams --seed $seed -- "$PROGRAMS/simcuda_calls" unordered
done | sort -u | xargs)"
