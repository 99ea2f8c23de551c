#!/usr/bin/env bash
# ./mcpi passes its arguments on untouched, adds nothing to standard output and keeps the exit code: a copy of it in
# a tree whose "program" prints what it was given.
set -euo pipefail
source_folder=${1:?usage: front_door.sh SOURCE_FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree/build/release" "$work/tree/cuda" "$work/tree/host" "$work/tree/include" "$work/bin"
touch "$work"/tree/CMakeLists.txt "$work"/tree/CMakePresets.json
cp -r "$source_folder/mcpi" "$source_folder/.ci" "$work/tree"
cp "$source_folder/cuda/toolkit.sh" "$work/tree/cuda"
export MCPI_FETCH_CUDA=0
sleep 0.01
# shellcheck disable=SC2016 # for the program, not for this shell
printf '#!/bin/sh\nfor a; do printf "<%%s>" "$a"; done\nexit 42\n' >"$work/tree/build/release/mcpi"
chmod +x "$work/tree/build/release/mcpi"
ln -s "$work/tree/mcpi" "$work/bin/mcpi"

failures=0
expect() {
    [ "$2" = "$3" ] && return
    printf '%s: expected %q, got %q\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}

for door in "$work/tree/mcpi" "$work/bin/mcpi"; do
    code=0
    said=$(cd / && "$door" -n 1e10 '' 'a b' '*' "--x='y'" 2>"$work/err") || code=$?
    expect "arguments" "<-n><1e10><><a b><*><--x='y'>" "$said"
    expect "exit code" 42 "$code"
    expect "standard error" "" "$(cat "$work/err")"
done

# A source that is newer means a build; here that fails, since the tree is empty. It must say so, and not run the old one.
sleep 0.01
touch "$work/tree/host/new.c"
code=0
said=$(MCPI_BUILD=0 "$work/tree/mcpi" -n 1 2>"$work/err") || code=$?
expect "the old program, if a build is not wanted" "<-n><1>, 42, " "$said, $code, $(cat "$work/err")"
code=0
said=$("$work/tree/mcpi" -n 1 2>"$work/err") || code=$?
expect "standard output of a failed build" "" "$said"
expect "exit code of a failed build" 1 "$code"
grep -q '^mcpi: building' "$work/err" || expect "note" "mcpi: building ..." "$(cat "$work/err")"
grep -q '^mcpi: building mcpi failed; ' "$work/err" || expect "failure" "mcpi: building mcpi failed; ..." "$(cat "$work/err")"

printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ]
