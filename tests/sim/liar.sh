# GPUs with wrong arithmetic: their kernel has a wrong multiplier, so that their sums agree and only a recount finds the
# error. They are found, named and dropped, and the CPU counts their darts again.
. "$CASES/sim.bash"
make_liar
anonymous() {
    sed -E '/^simcuda: /d; s/[0-9]+ hits/N hits/g; s/\[[0-9]+, [0-9]+\)/[A, B)/g; s/cpu \(.*\) counted/cpu (NAME) counted/
        s/(counted|have|there are) [0-9]+/\1 N/g; s/(cpu .*) with kernel [a-z0-9]+/\1 with kernel K/'
}
sim --devices 2 --ptx wrong.ptx -- -d all -n 1e9 --verify full --json 2>err >run.json; echo "with the CPU: exit code $?"
anonymous <err | sed 's/gpu:[01] (Simulated GPU [01])/gpu:K (NAME)/g' | sort -u
echo "$(field hits <run.json | head -n 1) hits, complete: $(field complete <run.json)"
sim --devices 1 --ptx wrong.ptx -- -d gpu -n 1e7 --verify full --json 2>err >run.json; echo "alone: exit code $?"
anonymous <err
echo "$(field hits <run.json | head -n 1) hits, complete: $(field complete <run.json)"
sim --devices 1 --ptx wrong.ptx -- compare -q -t 2 -T 100ms --kernel scalar 2>&1 >/dev/null | sed -E '/^simcuda: |with caution$/d; s/[0-9]+ (darts|hits)/N \1/g; s/but [0-9]+ by/but N by/'
echo "compare: exit code ${PIPESTATUS[0]}"
