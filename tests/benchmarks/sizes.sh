# The acceptance in full size, with programs that only print what they would print on a GPU: how often each step runs, which
# steps are omitted on a slow GPU or if time runs short, the model's table, and that the result can be published.
mkdir -p bin programs
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod +x "$1"; }
source=$(dirname "$ACCEPT")/../..
cp "$CASES/made_up_mcpi" programs/mcpi
stand_in programs/bare_context ''
stand_in programs/test_cuda_backend 'echo "[  PASSED  ] 13 tests."; echo "[  SKIPPED ] 1 test."'
context='{"program": "p", "gpu": "Made-up GPU 9", "architecture": "sm_90", "multiprocessors": 100, "cuda_runtime": 13000}'
cycles() { printf '{"instruction": "%s", "cycles": %s}\n' IMAD.WIDE 4 IMAD.HI 4 IMAD 2 LOP3 2 FFMA 1 DFMA 2 I2F 2; }
rung() { printf '{"rung": "%s", "exact": true, "darts_per_second": %s, "clock_hz": 1e9, "cycles_a_dart": %s}\n' "$@"; }
roofline() { stand_in programs/bench_roofline "cat <<'END'
$context
$(cycles)
{\"verdict\": \"half rate: a wide multiplication takes 4 cycles\"}
END"; }
ladder() { stand_in programs/bench_ladder "cat <<'END'
$context
$(rung integer "$1" 45 curand 1e10 60)
END"; }
stand_in bin/nvidia-smi 'case $* in *name*) echo "Made-up GPU 9, 1.2, 3, 4, 5, 6, 7" ;; *) echo 1500, 9, 10; echo 1600, 9, 10 ;; esac'
for tool in ncu compute-sanitizer; do stand_in bin/$tool 'echo "Error: Device not supported"; exit 1'; done
PATH=$PWD/bin:$PATH
accept() {
    "$ACCEPT" --build "$PWD/programs" --results "$PWD/results" "$@" 2>&1 | sed -E 's/^ *[0-9]+ s  //; s,accept: ([a-z]*): .*,accept: \1,'
    echo "exit code ${PIPESTATUS[0]}"
}
roofline
ladder 1e12
accept
sed -n '/^| kernel/,/^$/p; /Wide/p; /sampled clock/p' results/*.md
mkdir -p root/benchmarks
cp -r "$source/benchmarks/results" root/benchmarks
cp "$source/README.md" root
"$source/benchmarks/gpu/publish" --root root results/gpu-made-up-*.json | sed -E 's/gpu-9-[a-z0-9-]*/gpu-9-COMMIT/'
sed -n '/<!-- gpu figures/,/<!-- end of gpu/p' root/README.md | grep -E '<!--|Made-up' | sed -E 's/gpu-9-[a-z0-9-]*/gpu-9-COMMIT/; s/commit [a-z0-9-]*/commit C/'

echo "a slow GPU"
ladder 1e10
accept | grep '^run'
echo "little time"
accept --minutes 1 | grep -E 'skipped|^exit'
