try() { mcpi "$@" 2>&1; echo "exit code $?"; }
try --sampls 5
try --sample 5%
try -x
try --samples
try --json=yes
try --jsonn
try --gpus 8
try 1e10
try run 1e10
try -- -q
try scale
try help scale
try help run board
try merge
try merge a.json
try merge -- --json
try -n 1 -n 2
try devices --samples 5
try compare --verify full
try compare -e 1e-5
try board --json
try merge --interval 5s x
try -n 1e5 compare
try --help stress
try -d cpu nonsense
