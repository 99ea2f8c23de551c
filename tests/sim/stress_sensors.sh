# The sensors of a GPU, with a fake NVML that reports a hot GPU.
. "$CASES/sim.bash"
NVML_FAKE_UUID=$(sim --devices 1 -- devices --json | field uuid | tail -n 1 | tr -d '"')
export NVML_FAKE_UUID
sim --devices 1 -- stress -q -d gpu -T 2s --json | grep -c celsius
LD_LIBRARY_PATH=${FAKE_NVML:?} sim --devices 1 -- stress -q -d gpu -T 2s --json -o out.json >/dev/null
for key in temperature_celsius hottest_celsius power_watts sm_clock_hertz ecc_corrected; do echo "$key $(field $key <out.json)"; done
grep -oE '"throttled":\[[^]]*\]' out.json
LD_LIBRARY_PATH=$FAKE_NVML sim --devices 1 -- stress -d gpu -T 2500ms --interval 1s --metrics mcpi.prom 2>&1 >text | grep -oE '91 C 700 W 1.41 GHz' | uniq
grep -oE 'up to 91 C; throttled by hw_slowdown, hw_thermal_slowdown' text
grep -E '^mcpi_stress_gpu_.*(celsius|watts|hertz|hw_thermal)' mcpi.prom
