# shellcheck shell=bash
# Sourced by ./mcpi, ./check and .ci/run: find the project, install what is missing, build.
# Everything it says goes to standard error; standard output belongs to the program.

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

# need WHAT PACKAGE...: install Debian packages that WHAT needs, or say how to and give up.
need() {
    local what=$1
    shift
    local sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    if ! command -v apt-get >/dev/null; then
        say "$what needs what Debian calls: $*; install it and try again"
        exit 1
    fi
    if [ -n "$sudo" ] && ! sudo -n true 2>/dev/null; then
        say "$what needs $*; type: sudo apt-get install -y $*"
        exit 1
    fi
    say "installing $* for $what (apt-get)"
    local log
    log=$(mktemp)
    if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >"$log" 2>&1 &&
        ! { $sudo apt-get update -q >"$log" 2>&1 &&
            $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >>"$log" 2>&1; }; then
        tail -n 5 "$log" >&2
        say "could not install $*; type: sudo apt-get install -y $*"
        exit 1
    fi
    rm -f "$log"
}

have_package() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# have_packages PACKAGE...: whether dpkg knows all of them as installed.
have_packages() {
    local package
    for package in "$@"; do have_package "$package" || return; done
}

# need_packages WHAT PACKAGE...: those of the packages that dpkg does not know as installed.
need_packages() {
    local what=$1 package missing=()
    shift
    command -v dpkg-query >/dev/null || return 0
    for package in "$@"; do
        have_package "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] || need "$what" "${missing[@]}"
}

# The compilers and cmake, in whatever way they came here.
need_tools() {
    local missing=()
    command -v cmake >/dev/null || missing+=(cmake)
    { command -v cc && command -v c++ && command -v make; } >/dev/null 2>&1 || missing+=(build-essential)
    [ ${#missing[@]} -eq 0 ] || need "the build" "${missing[@]}"
}

# What it takes to test the preset aarch64 on a machine that is none: compiler, emulator, sources of GoogleTest.
# shellcheck disable=SC2034 # for those who source this
aarch64_packages=(g++-aarch64-linux-gnu qemu-user googletest)

jobs=$(nproc 2>/dev/null || echo 2)

# try_build PRESET TARGET [CMAKE ARGUMENT...]: without a word; build.log in the build folder has them.
try_build() {
    local preset=$1 target=$2 folder=$root/build/$1 code=0
    shift 2
    mkdir -p "$folder"
    exec 9>"$folder/lock"
    if command -v flock >/dev/null; then flock 9; fi
    (cd "$root" && cmake --preset "$preset" -U MCPI_CUDA_BROKEN "$@") >"$folder/build.log" 2>&1 &&
        cmake --build "$folder" --parallel "$jobs" --target "$target" >>"$folder/build.log" 2>&1 || code=$?
    exec 9>&-
    return "$code"
}

# give_up TARGET LOG: a build failed.
give_up() {
    tail -n 30 "$2" >&2
    say "failed: building $1; the whole log is $2"
    exit 1
}

# build PRESET TARGET [CMAKE ARGUMENT...]
build() {
    try_build "$@" || give_up "$2" "$root/build/$1/build.log"
}
