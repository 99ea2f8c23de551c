# One line that names the option, the given value and the valid values; exit code 2; nothing on standard output.
try() { mcpi "$@" 2>&1; echo "exit code $?"; }
for n in 1e10x -1 1.5 1e30 nan inf "" 0x10 10Gi "1 000" 1e -0 2^64 9223372036854775809; do try --samples "$n"; done
for f in -1 1.5 1e19; do try --first "$f"; done
for s in -1 1.5 0x 0x1ffffffffffffffff 18446744073709551616; do try --seed "$s"; done
for k in "" x; do try --stream "$k"; done
for t in 0 -1 1.5 4294967296 many; do try --threads "$t"; done
for t in 0 1,0 1,-2 "1," 1,x 2,4,2 1-4 1,4294967296; do try scaling --threads "$t"; done
# The limit depends on the machine.
for c in run compare scaling stress; do try "$c" --threads 1000000 | sed 's/at most [0-9]*/at most N/'; done
for e in 0 -1 nan inf 1e-6x ""; do try --target-error "$e"; done
for d in 0 -5s 10x "" nan; do try --time "$d"; done
try --verify sometimes
try --progress sometimes
for p in core 2 '' default; do try --pin "$p"; done
try compare --pin all
try stress --pin none
try --first 9223372036854775807 --samples 2
try --first 2^63
try -e 1e-10
