#!/usr/bin/env bash
# The libraries export what the public headers declare, and host/library/mcpi.symbols lists it: nothing else, nothing less.
#   symbols.sh C_COMPILER NM LIBRARY...
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
compiler=$1 nm=$2
shift 2

# A declared function is a name before a parenthesis. A pointer to a function has its parenthesis before the name.
declared() {
    "$compiler" -I "$root/include" -E -P "$root/include/mcpi/stress.h" | grep -oE '\bmcpi_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u
}

# exported LIBRARY: global names, without those that begin with _: they belong to the compiler, as musl's _init does. A
# shared library has them in its dynamic table.
exported() {
    local table=-g
    case $1 in *.so*) table=-gD ;; esac
    "$nm" "$table" --defined-only "$1" | awk 'NF == 3 && $3 !~ /^_/ { print $3 }' | sort
}

failures=0

# compare NAME: that list on standard input with the symbols file.
compare() {
    diff --label mcpi.symbols --label "$1" "$root/host/library/mcpi.symbols" - || failures=$((failures + 1))
}

declared | compare "mcpi.h and stress.h"
for library; do exported "$library" | compare "$library"; done
exit "$failures"
