#!/usr/bin/env bash
# Inside a bare system, as root: unpack the tar.gz of /root/packages, install its debs if there are any, use both, remove them.
set -euo pipefail
cd /root
failures=0
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
# shellcheck source=/dev/null
. /etc/os-release
system="$PRETTY_NAME, $(getconf GNU_LIBC_VERSION)"

# expect NAME COMMAND...
expect() {
    local name=$1
    shift
    "$@" && return
    printf '%s: wrong: %s\n' "$system" "$name"
    failures=$((failures + 1))
}

# Every kernel counts the golden counts, by the test of the command line.
mkdir -p tests/cli
cp golden.tsv tests/
counts_right() { [ "$(CASES=/root/tests/cli bash golden.sh)" = "all counted" ]; }
names_no_driver() { mcpi devices | grep -qE '^gpu .*(no CUDA backend|no CUDA driver)'; }
# use NAME: the program that is in PATH.
use() {
    expect "version of the $1" eval "mcpi --version | grep -q '^mcpi [0-9]'"
    expect "counts of the $1" counts_right
    expect "devices of the $1" names_no_driver
    printf '%s: %s: %s; %s\n' "$system" "$1" "$(mcpi --version | head -n 1)" \
        "$(mcpi devices -v | sed -n 's/^\([a-z0-9]*\)  *can run.*/\1/p' | xargs)"
}

mkdir unpacked
tar -xzf packages/*.tar.gz -C unpacked --strip-components=1
PATH=/root/unpacked/bin:$PATH use tar.gz
rm -r unpacked

# links_library LINKER-FLAG...: a C program that uses the installed library, and its worker processes.
# shellcheck disable=SC2046 # flags are words
links_library() {
    cc -std=c17 consumer.c -o consumer $(pkg-config --cflags mcpi) "$@" && ./consumer >/dev/null &&
        ./consumer "$(pkg-config --variable=worker_program mcpi)" >/dev/null && ./consumer installed >/dev/null
}
# Another release may have another Open MPI. Then apt says which package it lacks.
use_mpi() {
    if apt-get -q install -y --no-install-recommends ./packages/mcpi-mpi*.deb >said 2>&1; then
        expect "mcpi-mpi" eval "mcpi-mpi -q -d cpu -n 1e6 | grep -q '785850 hits'"
        printf '%s: mcpi-mpi can be installed\n' "$system"
    else
        printf '%s: mcpi-mpi:%s\n' "$system" "$(grep 'mcpi-mpi : Depends' said)"
        expect "a package that is missing" grep -q 'Depends: .*not installable' said
    fi
}
# What is left on the system, besides what man and apt keep for themselves.
left() { find / -xdev \( -path /proc -o -path /sys -o -path /root -o -path /tmp -o -path /var/log -o -path /var/cache/man \) -prune -o -name '*mcpi*' -print; }

if compgen -G 'packages/*.deb' >/dev/null; then
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends gcc libc6-dev pkg-config man-db >/dev/null
    dpkg-query -W -f '${Package}\n' | sort >before
    expect "nothing before" [ -z "$(left)" ]
    apt-get -qq install -y --no-install-recommends ./packages/mcpi_*.deb ./packages/libmcpi*.deb >/dev/null
    use deb
    expect "manual page" eval "man mcpi | grep -q 'estimate pi'"
    expect "the timer is disabled" [ ! -e /etc/systemd/system/timers.target.wants/mcpi-stress.timer ]
    # shellcheck disable=SC2046 # flags are words
    {
        expect "a C program with the shared library" links_library $(pkg-config --libs mcpi)
        expect "a C program with the archive" links_library $(pkg-config --static --libs mcpi | sed 's/-lmcpi/-l:libmcpi.a/')
    }
    if compgen -G 'packages/mcpi-mpi*.deb' >/dev/null; then use_mpi; fi
    # shellcheck disable=SC2046 # names are words
    apt-get -qq purge -y $(dpkg-query -W -f '${Package}\n' | sort | comm -13 before -) >/dev/null
    expect "nothing after: $(left | xargs)" [ -z "$(left)" ]
fi
printf '%s: %d failures\n' "$system" "$failures"
[ "$failures" -eq 0 ]
