# The package that `carry` makes, on a machine without network, CUDA, GoogleTest, Google Benchmark and git, up to the first
# measurement. The GPU is simulated, so the speeds are meaningless.
unshare -n -m true 2>/dev/null || { echo "skipped: no namespaces can be made"; exit 77; }
source=$(dirname "$ACCEPT")/../..
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod +x "$1"; }
mkdir -p bin made programs
real=$(readlink -f "$(command -v mcpi)")
stand_in made/mcpi "exec '$SIMCUDA' --preload -- '$real' \"\$@\""
stand_in made/bench_ladder "exec '$SIMCUDA' -- '$LADDER' \"\$@\""
stand_in made/bench_roofline "exec '$SIMCUDA' -- '$ROOFLINE' \"\$@\""
stand_in made/bare_context "exec '$SIMCUDA' -- '$BARE_CONTEXT'"
stand_in bin/nvidia-smi 'case $* in *name*) echo "Simulated GPU 0, 1.2, 3, 4, 5, 6, 7" ;; *) echo 8, 9, 10 ;; esac'
carry() { "$source/benchmarks/gpu/carry" --output "$PWD/carried" "$@" 2>&1 | sed -E 's/carry: [0-9.]+ MiB (in .*\/carried)?/carry: SIZE /; s/SIZE \./SIZE./'; echo "exit code ${PIPESTATUS[0]}"; }

echo "what must not be carried"
cp made/* programs
cp "$real" programs/mcpi
carry --programs programs | sed -E 's/needs .*(libcudart)[^ ,]*,?.*/needs ... \1 .../'
cp made/* programs
truncate -s 65M programs/bench_ladder
carry --programs programs
rm programs/bench_ladder
carry --programs programs
[ ! -e carried ] || echo "something was left"

echo "what is carried"
carry --programs made
(cd carried && find . -type f | sort)
grep -cE '^([0-9a-f]{12}(-changes)?|unknown)$' carried/commit

cat >bare <<'END'
for path in /usr/local/cuda /usr/local/cuda-* /usr/include/gtest /usr/include/benchmark /usr/src/googletest; do
    [ ! -d "$path" ] || mount -t tmpfs none "$path"
done
for tool in $(type -ap git nvcc cmake ninja); do
    mount --bind /dev/null "$(readlink -f "$tool")"
done
hash -r
for tool in git nvcc cmake ninja nvidia-smi; do
    ! "$tool" --version >/dev/null 2>&1 || echo "found: $tool"
done
[ ! -e /usr/local/cuda/include ] || echo "CUDA is not hidden"
python3 benchmarks/gpu/accept --build programs --results results
END
export MCPI_ACCEPT_SMALL=1
unset CUDA_HOME CUDA_PATH
start=$SECONDS
(cd carried && PATH=$PWD/../bin:$PATH unshare -n -m bash ../bare) >out 2>&1 &
until grep -qs '"name": "roofline: I2F"' carried/results/*.json || ! kill -0 $! 2>/dev/null; do sleep 0.2; done

[ $((SECONDS - start)) -le 90 ] && echo "the first measurement came within 90 s"
wait $! && code=0 || code=$?
sed -E 's/^ *[0-9]+ s  //; s/ *[0-9]+ of them//; s,accept: ([a-z]*): .*,accept: \1,; s/^(host_api_float +missing).*/\1/; /^(ncu|.*check) /d' out
echo "exit code $code"
(cd carried/results && for name in *; do echo "$name" | sed -E 's/-(unknown|[0-9a-f]{12}(-changes)?)\./-COMMIT./'; done)
grep -h 'No measurement' carried/results/*.md
