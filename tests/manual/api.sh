# The manual page of the library has every function and type of the public headers, no others, and the example.
command -v mandoc >/dev/null || { echo "mandoc is not installed"; exit 77; }
mandoc -T ascii "$MANUAL/mcpi.3" | col -bx >page

# section NAME: its lines.
section() { sed -n "/^$1\$/,/^[A-Z]/p" page; }

# What a compiler sees of the headers.
for header in mcpi stress; do printf '#include "mcpi/%s.h"\n' $header; done |
    cc -I "$SOURCES/include" -E -P -x c - | sed -n '/mcpi_status/,$p' >seen

names() { grep -oE '\bmcpi_[a-z0-9_]+\(' | tr -d '(' | sort; }
names <seen >functions
[ "$(wc -l <functions)" -ge 20 ] || echo "the functions were not found"
section SYNOPSIS | names | diff functions - && echo "all are in the synopsis"
section FUNCTIONS | grep -E '^       mcpi_[a-z0-9_]*\(\)$' | names | diff functions - && echo "all are described"

sed -nE 's/^(\}|typedef .*[ }]) *(mcpi_[a-z_]+);$/\2/p' seen | sort >types
[ "$(wc -l <types)" -ge 30 ] || echo "the types were not found"
section TYPES >described
sed -n 's/^   \(mcpi_[a-z_]*\)$/\1/p' described | sort | diff types - && echo "all types are there"
grep -oE '\bMCPI_[A-Z_]+\b' seen | sort -u | while read -r name; do
    grep -qwF "$name" described || echo "$name is missing"
done

section EXAMPLES | sed 's/^       //' | sed -n '/^\/\*/,/^}/p' | cmp - "$SOURCES/examples/library/first_run.c" && echo "the example is there"
