# The order of CUDA calls: only the selected GPU is used, and profilers are told before and after the launches.
. "$CASES/sim.bash"
sim --devices 3 --trace -- -d gpu:1 -n 1e6 --verify off --profile --json 2>trace >run.json
grep -vE 'cudaGetD|cudaD[er][a-z]+Get|cuDevice|cudaGetLastError' trace | grep -oE 'trace: device [0-9]+' | sort | uniq -c | sed 's/^ *[0-9]* //'
grep -oE 'cuda(ProfilerSt[a-z]+|SetDevice|LaunchKernel|MallocHost|FreeHost)' trace | uniq
for key in driver context module memory busy_share; do # a device also has a driver, which is a text
    awk -v key=$key -v value="$(field $key <run.json | grep -v '"')" 'BEGIN { print key, (value >= 0 && value <= 1) ? "plausible" : value }'
done
sim --devices 2 -- -d gpu -n 1e6 2>&1 | sed -nE 's/[0-9]+\.[0-9]{3}/T/g; s/gpu:[01]/gpu:K/; /^set-up/p'
sim --devices 2 -- -d cpu -n 1e6 --profile; echo "exit code $?"
uuid=$(sim --devices 2 -- devices --json | field uuid | tr -d '"' | tail -n 1)
sim --devices 2 -- -d "gpu:$uuid" -n 1e6 --json | field id
sim --devices 2 -- -d "gpu:${uuid%%?????????}" -n 1e6; echo "exit code $?"
