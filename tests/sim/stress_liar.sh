# GPUs with the same wrong arithmetic, so that they agree with each other. The recounts of slices on the CPU find the error.
. "$CASES/sim.bash"
make_liar
for devices in 1 2; do
    sim --devices $devices --ptx wrong.ptx -- stress -q -d gpu -T 2s --json >out.json 2>err; echo "$devices of them: exit code $?"
    sed -E '/^simcuda: /d; s/[0-9]+ hits/N hits/g; s/\[[0-9]+, [0-9]+\)/[A, B)/g; s/have [0-9]+/have N/; s/gpu:[01] \(Simulated GPU [01]\)/gpu:K (NAME)/' err | sort -u
    field persistent <out.json | head -n $devices | grep -c '^[1-9]'
    echo "other faults: $(field transient <out.json | sort -u) $(field undecided <out.json | sort -u)"
done
echo "-- in a job, whose nodes write to one file"
SLURM_JOB_ID=7 sim --devices 1 --ptx wrong.ptx -- stress -q -d gpu -T 2s 2>err >out; echo "exit code $?"
sed -E "/^simcuda: /d; s/$(uname -n)/HOST/" err | cut -d ' ' -f 1-4
sed -nE "1s/on $(uname -n), from .*/on HOST/p" out
