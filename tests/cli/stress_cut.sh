# A test that a signal ends before its time has not passed.
set -m # a shell without job control has its background jobs ignore SIGINT
for signal in INT TERM; do
    mcpi stress -q -d cpu -T 1h --interval 100ms --metrics cut.prom -o cut.json >text 2>err &
    until grep -qs 'darts_total{' cut.prom && ! grep -q 'darts_total{.*} 0$' cut.prom; do sleep 0.05; done
    kill -$signal $!
    wait $!; echo "SIG$signal: exit code $?"
    sed -nE 's/^(INTERRUPTED): ([0-9]+) of \2 devices .* in [0-9]+ s of (1:00:00), .*/\1: N of N, T of \3/p' text
    sed -E 's/after [0-9.]+ s/after T/' err
    grep -oE '"status":"[A-Z]+"|"asked_seconds":[0-9]+' cut.json
    grep -E '^mcpi_stress_(running|passed|interrupted|exit_code) ' cut.prom
    rm cut.prom
done
mcpi stress -q -d cpu -t 1 -T 1s -o whole.json | sed -nE 's/^(OK: 1 of 1 devices .*;) in [0-9]+ s, .*/\1/p'
grep -oE '"status":"[A-Z]+"|"asked_seconds":[0-9.]+' whole.json
