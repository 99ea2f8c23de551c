#!/usr/bin/env bash
# ./mcpi in a checkout that has been moved or copied, whose compiler is gone, that cannot be written to, or whose sources have
# time stamps in the future: it builds again, or says in one sentence why it cannot. The test uses a tree with a one-line
# program.
#   moved_checkout.sh SOURCE_FOLDER
set -euo pipefail
source_folder=${1:?usage: moved_checkout.sh SOURCE_FOLDER}
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export MCPI_FETCH_CUDA=0 MCPI_INSTALL=0
unset CMAKE_GENERATOR CC

failures=0
expect() {
    [ "$2" = "$3" ] && return
    printf '%s: expected "%s", got "%s"\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}

# make_tree FOLDER
make_tree() {
    mkdir -p "$1"/{cuda,host,include}
    cp -r "$source_folder"/{mcpi,.ci} "$1"
    cp "$source_folder/cuda/toolkit.sh" "$1/cuda"
    cat >"$1/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.22)
project(small LANGUAGES C)
add_executable(mcpi host/main.c)
message(STATUS "mcpi: no JSON: json-c was not found (Debian: libjson-c-dev)")
END
    cat >"$1/CMakePresets.json" <<'END'
{"version": 3, "configurePresets": [{"name": "release", "generator": "Unix Makefiles", "binaryDir": "${sourceDir}/build/release"}]}
END
    says "$1" here
}
# says FOLDER WORD: the program's text
says() { printf '#include <stdio.h>\nint main(void)\n{\n    puts("%s");\n    return 0;\n}\n' "$2" >"$1/host/main.c"; }
# run FOLDER [COMMAND...]: what it says on standard output, and the exit code; standard error is in $work/err
run() {
    local folder=$1 code=0
    shift
    "$@" "$folder/mcpi" 2>"$work/err" || code=$?
    echo "exit code $code"
}
lines() { wc -l <"$work/err" | tr -d ' '; }
said() { grep -c -- "$1" "$work/err" || true; }
well="here
exit code 0"

make_tree "$work/first"
expect "the first build" "$well" "$(run "$work/first")"
expect "what is optional and missing" 1 "$(said 'optional: no JSON: json-c was not found (Debian: libjson-c-dev)')"

mv "$work/first" "$work/moved"
expect "moved, and nothing changed" "$well" "$(run "$work/moved")"
expect "not a word" 0 "$(lines)"
touch "$work/moved/host/main.c"
expect "moved, and a source changed" "$well" "$(run "$work/moved")"
expect "it says so" 1 "$(said "this checkout was moved or copied from $work/first: building release from scratch")"
expect "only that, that it builds, and what is optional" 3 "$(lines)"

# The copy's objects must not be kept: they depend on the sources of the original.
cp -a "$work/moved" "$work/copy"
says "$work/copy" copy
expect "a copy" "copy
exit code 0" "$(run "$work/copy")"
expect "it says where from" 1 "$(said "moved or copied from $work/moved")"
expect "the original" "$well" "$(run "$work/moved")"

chmod -x "$work/copy/build/release/mcpi"
expect "a program without permission" "copy
exit code 0" "$(run "$work/copy")"

mkdir "$work/compiler"
ln -s "$(command -v cc)" "$work/compiler/mycc"
make_tree "$work/gone"
expect "with a compiler of its own" "$well" "$(CC=$work/compiler/mycc run "$work/gone")"
rm "$work/compiler/mycc"
touch "$work/gone/host/main.c"
expect "which is gone" "$well" "$(run "$work/gone")"
expect "it says so" 1 "$(said "$work/compiler/mycc no longer exists")"

touch -d '+1 day' "$work/gone/host/main.c"
expect "a source from the future" "$well" "$(run "$work/gone")"
expect "it is built" 1 "$(said 'rebuilding')"
expect "and again" "$well" "$(run "$work/gone")"
expect "not a word the second time" 0 "$(lines)"
says "$work/gone" later
touch -d '+2 days' "$work/gone/CMakeLists.txt"
expect "a change in it" "later
exit code 0" "$(run "$work/gone")"

# shellcheck disable=SC2016 # that is its name
for name in 'a b' "a'b" 'a$b' 'a#b' 'a&b(c)'; do
    make_tree "$work/$name"
    expect "a folder named $name" "$well" "$(run "$work/$name")"
done
for name in 'a;b' 'a"b' 'a\b' 'a:b' 'a|b' $'a\nb'; do
    make_tree "$work/$name"
    expect "a folder named $name" "exit code 1" "$(run "$work/$name")"
    expect "it says why" 1 "$(said 'cannot build: the path of this checkout')"
done

# Root may write everywhere but to a file system that is read-only.
make_tree "$work/locked"
chmod -R a-w "$work/locked"
if [ "$(id -u)" -ne 0 ]; then
    expect "a folder without permission" "exit code 1" "$(run "$work/locked")"
    expect "one sentence" 1 "$(said 'cannot build: .*/locked is not writable; copy the sources')"
    expect "and no other" 1 "$(lines)"
elif command -v setpriv >/dev/null; then
    chmod a+rx "$work" "$work/locked"
    touch "$work/err" && chmod a+w "$work/err"
    expect "another user's folder" "exit code 1" "$(run "$work/locked" setpriv --reuid 65534 --regid 65534 --clear-groups)"
    expect "one sentence" 1 "$(said 'cannot build: .*/locked belongs to root; ')"
    expect "and no other" 1 "$(lines)"
fi

printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ]
