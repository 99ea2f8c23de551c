try() { mcpi "$@" 2>&1 | sed 's/this machine runs .*/this machine runs .../'; echo "exit code ${PIPESTATUS[0]}"; }
try --kernel sse9
try --kernel ""
try -d cpu --kernel AVX2
try compare --kernel sse9
