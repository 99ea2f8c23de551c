#!/usr/bin/env bash
# The library and the command behave as in "C" under locales with a decimal comma, with UTF-8, and with another lower case of
# I.
#   locale.sh TEST_PROGRAM [PRELOADED_LIBRARY MCPI]
set -euo pipefail
files=()
for file in "$@"; do files+=("$(readlink -f "$file")"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LOCPATH=$work/locales LC_ALL=C
mkdir "$LOCPATH"
locales=(de_DE.UTF-8 tr_TR.ISO-8859-9)
for locale in "${locales[@]}"; do
    localedef -i "${locale%%.*}" -f "${locale#*.}" "$LOCPATH/$locale" >/dev/null 2>&1 || {
        echo "skipped: localedef cannot make $locale (Debian: locales)"
        exit 77
    }
done

# expect_no_commas FILE...: a number with a decimal comma gives a line of CSV another number of columns.
expect_no_commas() { awk -F, 'FNR == 1 { columns = NF } NF != columns { print FILENAME ": " $0 }' "$@"; }

# count MCPI...: what the command writes after counting. Its notes and warnings depend on the clock, and are left out.
count() {
    "$@" -q -d cpu -t 1 -n 1.5e5 -e 4.5e-3 -T 2.5h --trace trace --plot plot.svg --checkpoint checkpoint \
        --checkpoint-every 0.5s -o result.json | grep -E '^(pi|95|count)'
    cat trace checkpoint
    grep -v '^set label' plot.gnuplot
    "$@" merge --json result.json | sed -E 's/"counting":[^}]*|"darts_per_second":[^,]*//g'
    "$@" merge checkpoint
    "$@" scaling -q -d cpu -t 1 -n 2e5 --csv -o scaling.json >scaling.csv
    "$@" compare -q -d cpu -t 1 -T 0.05s --json >compare.json
    "$@" stress -q -d cpu -t 1 -T 0.1s --json --metrics metrics >stress.json
    "$@" devices --json >devices.json
    expect_no_commas scaling.csv
    for file in *.json; do python3 -m json.tool --json-lines "$file" /dev/null 2>&1; done
    grep -n ',[0-9]* *$' metrics
}

# complain MCPI...: what it says about wrong options.
complain() {
    "$@" --resume checkpoint -e 0.25
    for wrong in '-e 0,5' '-e -0.5' '-e 1e-12' '-T 1,5s' '-d gpu:mig-41b9' '-d gpu:MIG-41B9' '-n 1,5e3' '-o no/folder'; do
        # shellcheck disable=SC2086 # an option and what it gets
        "$@" $wrong || echo "exit code $?"
    done
    "$@" board -n 20 --plot board.svg
    cat board.gnuplot
}

# in_folder NAME MCPI...: that, in a folder of its own, with a gnuplot that fails: so its scripts are kept.
mkdir "$work/bin"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/gnuplot"
chmod +x "$work/bin/gnuplot"
in_folder() {
    mkdir "$work/$1"
    (set +e && cd "$work/$1" && PATH=$work/bin:$PATH && {
        count "${@:2}" 2>/dev/null
        complain "${@:2}" 2>&1
    }) >"$work/$1.said"
}

# glibc's setlocale does not free its copy of LOCPATH.
printf 'leak:__argz_add_sep\n' >"$work/leaks"
export LSAN_OPTIONS=suppressions=$work/leaks:print_suppressions=0

failures=0
for locale in "${locales[@]}"; do
    echo "-- $locale"
    MCPI_TEST_LOCALE=$locale "${files[0]}" || failures=$((failures + 1))
done
if [ $# -eq 3 ]; then
    in_folder C "${files[2]}"
    for locale in "${locales[@]}"; do
        in_folder "$locale" env LD_PRELOAD="${files[1]}" LC_ALL="$locale" "${files[2]}"
        diff "$work/C.said" "$work/$locale.said" || failures=$((failures + 1))
    done
fi
[ "$failures" -eq 0 ]
