# The examples of docs/stress.md and the README: the prolog drains a node for a bad verdict and only then, the units are
# what systemd takes, and the exit codes and metrics named are those of the program.
doc=$CASES/../../docs/stress.md
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$2" | sed '/^```/d'; }
prolog_of() { block bash "$1" | sed -n '/^# Does this node/,$p' | sed '1i #!/bin/bash'; }
prolog_of "$doc" >prolog
chmod +x prolog
prolog_of "$CASES/../../README.md" | cmp - prolog
if command -v shellcheck >/dev/null; then shellcheck prolog; fi

# Slurm gives a prolog these variables and no search path.
run_prolog() { env -i "MCPI=$1" MCPI_LOG=log SLURMD_NODENAME=n1 "${@:2}" bash quick; echo "exit code $?"; }
mkdir bin
printf '#!/bin/sh\necho "scontrol $*"\n' >bin/scontrol
chmod +x bin/scontrol
sed "1a PATH=$PWD/bin:$PATH" prolog >quick
for code in 0 1 3 4 130; do
    printf '#!/bin/sh\necho "$@"\nexit %s\n' $code >bin/mcpi-$code
    chmod +x bin/*
    echo "-- mcpi ends with $code"
    run_prolog bin/mcpi-$code SLURM_JOB_GPUS=0,1,2,11
    cat log
done
echo "-- a job without GPUs, and with one"
run_prolog bin/mcpi-0
cat log
run_prolog bin/mcpi-0 SLURM_JOB_GPUS=7
cat log
echo "-- the program itself"
sed -i 's/-T 30s/-d cpu -T 1s/' quick
run_prolog "$(command -v mcpi)"
grep -c '^OK: ' log
run_prolog "$(command -v mcpi)" SLURM_JOB_GPUS=0
grep -o 'gpu:0 is missing' log

for unit in service timer; do
    block $unit "$doc" >mcpi-stress.$unit
    grep -c '^\[' mcpi-stress.$unit
    grep -vxFf "$CASES/../../README.md" mcpi-stress.$unit
done
sed -i "s#/usr/local/bin/mcpi#$(command -v mcpi)#" mcpi-stress.service
if command -v systemd-analyze >/dev/null; then systemd-analyze verify ./mcpi-stress.timer ./mcpi-stress.service 2>&1 | grep mcpi-stress; fi
mcpi stress -q -d cpu -t 1 -T 200ms --expect cpu --metrics now.prom >/dev/null
grep -oE 'mcpi_stress_[a-z_]+' "$doc" | grep -v _gpu_ | sort -u | while read -r metric; do
    grep -q "^# TYPE $metric " now.prom || echo "no metric $metric"
done
