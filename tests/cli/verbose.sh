# -v says what is found and chosen, and why, before the work starts; the result is the same. Names, rates and numbers of
# this machine are masked.
say() {
    echo "-- $*"
    mcpi "$@" 2>&1 >/dev/null | grep -vE 'kernel [a-z0-9]* cannot run|without json-c|with caution$' | sed -E 's/^(mcpi: cpu: kernel )[a-z0-9]+: .*/\1KERNEL/
        s/^(mcpi: cpu: ).*, [0-9]+ cores/\1NAME, N cores/; s/^(mcpi: cpu: uses ).*, the/\1KERNEL, the/
        s/(workers .*: )[0-9]+(, one|; this process).*/\1N, REASON/; s/^(mcpi: gpu: )cannot.*/\1REASON/
        s/^mcpi: (gpu:[0-9]+: ).*/mcpi: gpu: REASON/; s/^(mcpi: topology).*/\1 TOPOLOGY/' | uniq
}
say -v -q -d cpu -n 1000
say -v -q -d cpu -t 1 -n 1000 --kernel scalar --verify full --pin threads --workers processes
say compare -v -q -d cpu -t 1 -T 10ms
say scaling -v -q -d cpu -t 1 -n 1000
say stress -v -q -d cpu -t 1 -T 1s
mcpi -q -d cpu -n 1000 -o part.json >/dev/null
say merge -v -q part.json
say verify -v -q -d cpu -t 1 part.json
mcpi -v -d cpu -n 1000 --json 2>/dev/null | grep -c '"hits":781,'
