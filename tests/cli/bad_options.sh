try() { mcpi "$@" 2>&1; echo "exit code $?"; }
try --sample 5
try -x
try --samples
try --json=yes
try 1e10
try run 1e10
try scale
try merge a.json
try -n 1 -n 2
try devices --samples 5
try compare --verify full
