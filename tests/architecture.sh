#!/usr/bin/env bash
# The include rules of CONTRIBUTING.md, and "no function of the library prints or exits", held against the tree.
set -euo pipefail
cd "${1:?usage: architecture.sh SOURCE_FOLDER}"
failures=0

fail() {
    printf '%s\n' "$*"
    failures=$((failures + 1))
}

# folder: allowed first components of "..." includes
# shellcheck disable=SC2016 # the backticks are Markdown's
rules=$(sed -n '/^```includes$/,/^```$/p' CONTRIBUTING.md | grep ':')
[ "$(wc -l <<<"$rules")" -ge 7 ] || fail "CONTRIBUTING.md: the include rules are not there"

while IFS=: read -r folder allowed; do
    files=("$folder"/*.c "$folder"/*.h "$folder"/*.cu "$folder"/*.cuh)
    seen=0
    for file in "${files[@]}"; do
        [ -e "$file" ] || continue
        seen=$((seen + 1))
        while read -r include; do
            part=${include%%/*}
            [[ " $allowed " == *" $part "* ]] || fail "$file: may not include \"$include\" (allowed:$allowed)"
        done < <(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]+"([^"]+)".*/\1/p' "$file")
    done
    [ "$seen" -gt 0 ] || fail "CONTRIBUTING.md names $folder, which holds no source"
done <<<"$rules"

# Every folder with sources has a rule.
while read -r folder; do
    grep -q "^$folder:" <<<"$rules" || fail "$folder: has sources, but no rule in CONTRIBUTING.md"
done < <(find include host cuda -name '*.[ch]' -printf '%h\n' -o -name '*.cu' -printf '%h\n' | sort -u)

# Of the command only the main of mcpi-mpi knows MPI. What all commands use knows none of them.
if grep -rl '"cluster/' host/cli | grep -v '^host/cli/main_mpi.c$'; then fail "host/cli: only main_mpi.c may include cluster/"; fi
if grep -rnE '"cli/(run|bench|saved|stress|merge|verify)/' host/cli/io host/cli/args; then fail "host/cli/io and args: may not include a command"; fi

# No circle: a source and its header are one node, an include is an edge.
edges() {
    git ls-files 'host/*.[ch]' 'include/*.h' 'cuda/*.[ch]' 'cuda/*.cu' 'cuda/*.cuh' | while read -r file; do
        from=${file%.*} from=${from#host/} from=${from#include/}
        sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]+"([^"]+)\.(h|cuh)".*/\1/p' "$file" |
            { grep -vxF "$from" || true; } | sed "s|^|$from |"
    done
}
circles=$(edges | tsort 2>&1 >/dev/null) || fail "files include each other in a circle:" $'\n'"$circles"

# No file name twice, so that a name alone says which file is meant. A case of run_cases is named by its folder and its
# name, a fuzzer's input by its folder; git and CMake prescribe some names.
names=$(git ls-files | grep -vE '^tests/fuzz/corpus/|\.expected$|/(CMakeLists\.txt|README\.md)$' | while read -r file; do
    [ -e "${file%.sh}.expected" ] || printf '%s\n' "${file##*/}"
done | sort | uniq -d)
allowed=run # .ci/run
[ "$(grep -vxF "$allowed" <<<"$names")" = "" ] || fail "file names that stand twice:" $'\n'"$names"

# The public headers stand alone: mcpi.h and dart.h include nothing of the project.
for header in mcpi.h dart.h; do
    if grep -q '#[[:space:]]*include[[:space:]]*"' "include/mcpi/$header"; then fail "$header: includes project headers"; fi
done

# Only host/cli prints or ends the process. Comments may speak of it.
prints=$(grep -nE '\b(printf|puts|fputs|fputc|putchar|fprintf|perror|exit|_exit|abort|assert)[[:space:]]*\(' \
    -r include host/core host/stats host/cpu host/engine host/cluster host/stress host/sensors host/recount host/*.c cuda --include='*.[ch]' --include='*.cu' --include='*.cuh' |
    grep -vE '^[^:]*:[0-9]+:[[:space:]]*(\*|/[*/])' || true)
[ -z "$prints" ] || fail "the library prints or ends the process:" $'\n'"$prints"

printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ]
