# The alerts of examples/prometheus, with Prometheus' own tool. They catch a fault, the same fault on two nights, a missing GPU, a
# test that did not start, a stale file and a missing file. A sound node raises none. The tool accepts the metrics.
command -v promtool >/dev/null || { echo "no promtool (Debian: prometheus)"; exit 77; }
cp "$CASES/../../examples/prometheus/mcpi-alerts.yml" rules.yml
promtool check rules rules.yml | grep -v Checking
mcpi stress -q -d cpu -t 1 -T 1s --expect cpu --metrics good.prom >/dev/null
mcpi stress -q -d cpu -t 1 -T 1s --expect gpu:255 --metrics bad.prom >/dev/null 2>&1
promtool check metrics <good.prom && promtool check metrics <bad.prom && echo "metrics are well formed"

# The samples of a file, on a node of its own, as series that stay for a day: NODE FILE [AT-SECOND]. Times count from 0.
series() {
    sed -E "/^#/d; s/^(mcpi_stress_last_[a-z_]+) .*/\1 ${3:-0}/; s/^([a-z_]+)\{/\1{instance=\"$1\",/; s/^([a-z_]+) /\1{instance=\"$1\"} /" "$2" |
        while read -r name value; do printf "  - series: '%s'\n    values: '%sx100'\n" "$name" "$value"; done
    printf "  - series: 'up{job=\"node\",instance=\"%s\"}'\n    values: '1x100'\n" "$1"
}
faulty() { sed -E 's/^(mcpi_stress_passed) 1/\1 0/; s/(kind="transient"\}) 0/\1 5/' good.prom; }
stopped() { sed -E 's/^(mcpi_stress_running) 0/\1 1/; /passed|verdict|exit_code|interrupted/d' good.prom; }
faulty >faulty.prom
stopped >stopped.prom
device=$(grep -oE 'cpu:[0-9]+' good.prom | head -n 1)

# alert TIME NAME LABELS...: these fire then, with these labels and no other.
alert() {
    printf "  - eval_time: %s\n    alertname: %s\n    exp_alerts:\n" "$1" "$2"
    local labels
    for labels in "${@:3}"; do printf "    - exp_labels: {%s}\n" "$labels"; done
}
{
    printf 'rule_files: [rules.yml]\nevaluation_interval: 15m\ntests:\n- interval: 15m\n  input_series:\n'
    series sound good.prom
    series faulty faulty.prom
    series missing bad.prom
    series killed stopped.prom
    printf "  - series: 'up{job=\"node\",instance=\"none\"}'\n    values: '1x100'\n  alert_rule_test:\n"
    alert 1h McpiStressNotPassed 'instance: faulty' 'instance: missing'
    alert 24h McpiStressNotPassed 'instance: faulty' 'instance: missing'
    alert 24h McpiCountsDisagree "instance: faulty, device: '$device', kind: transient"
    alert 1h McpiDeviceMissing 'instance: missing'
    alert 1h McpiDeviceDown
    alert 2h McpiStressNoFile 'instance: none, job: node'
    alert 1h McpiStressStuck 'instance: killed'
    alert 5m McpiStressStuck
    alert 24h McpiStressStale
    # 100 samples end after 25 hours, which is why this one is asked for in the next test.
    printf -- '- interval: 1h\n  input_series:\n'
    series old good.prom
    series fresh good.prom 90000
    printf '  alert_rule_test:\n'
    alert 27h McpiStressStale 'instance: old'
    # The second night's test begins at 0 again and finds as many faults: no increase, but the alert goes on.
    cat <<'NIGHTS'
- interval: 12h
  input_series:
  - series: 'mcpi_stress_passed{instance="n"}'
    values: '0 0 0 1 1'
  - series: 'mcpi_stress_disagreements_total{instance="n",device="gpu:3",kind="persistent"}'
    values: '5 5 5 0 0'
  promql_expr_test:
  - expr: increase(mcpi_stress_disagreements_total[24h])
    eval_time: 24h
    exp_samples:
    - labels: '{instance="n",device="gpu:3",kind="persistent"}'
      value: 0
  alert_rule_test:
NIGHTS
    alert 24h McpiCountsDisagree 'instance: n, device: "gpu:3", kind: persistent'
    alert 24h McpiStressNotPassed 'instance: n'
    alert 48h McpiCountsDisagree
    alert 48h McpiStressNotPassed
} >tests.yml
promtool test rules tests.yml | grep -v 'Unit Testing'
