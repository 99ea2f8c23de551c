# shellcheck shell=bash
# Sourced by ./mcpi, ./check and .ci/run: find the project, build.
# All messages go to standard error; standard output belongs to the program.

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

# shellcheck source=.ci/packages.sh
. "$root/.ci/packages.sh"

# Packages for testing the preset aarch64 on other machines: compiler, emulator, sources of GoogleTest.
# shellcheck disable=SC2034 # used by scripts that source this file
aarch64_packages=(g++-aarch64-linux-gnu qemu-user googletest)

jobs=$(nproc 2>/dev/null || echo 2)

# --- build folders that CMake would refuse -----------------------------------------------------------------------------

# cached_of PRESET NAME: prints a variable from the cache of a build.
cached_of() { sed -n "s/^$2:[A-Z]*=//p" "$root/build/$1/CMakeCache.txt" 2>/dev/null || true; }

# is_gone PATH: whether this is an absolute path without an executable file.
is_gone() { case $1 in /*) [ ! -x "$1" ] ;; *) return 1 ;; esac }

# why_unusable PRESET: prints why CMake would refuse the build folder; nothing if it would accept it.
why_unusable() {
    local folder=$root/build/$1 name tool home
    home=$(cached_of "$1" CMAKE_HOME_DIRECTORY)
    [ -n "$home" ] || return 0
    if ! [ "$home" -ef "$root" ] || ! [ "$(cached_of "$1" CMAKE_CACHEFILE_DIR)" -ef "$folder" ]; then
        echo "this checkout was moved or copied from $home"
        return
    fi
    for name in CMAKE_C_COMPILER CMAKE_CXX_COMPILER CMAKE_MAKE_PROGRAM; do
        tool=$(cached_of "$1" "$name")
        if is_gone "$tool"; then
            echo "$tool no longer exists"
            return
        fi
    done
}

# clear_unusable PRESET: empties a build folder that CMake would refuse, except for the lock and the findings of fuzzers.
# Object files are removed because their dependencies are absolute paths, which may lead to another checkout.
clear_unusable() {
    local reason
    reason=$(why_unusable "$1")
    [ -n "$reason" ] || return 0
    say "$reason: building $1 from scratch"
    find "$root/build/$1" -mindepth 1 -maxdepth 1 ! -name lock ! -name fuzz -exec rm -rf {} +
}

# refuse_folder FOLDER: reports that it is not writable, and exits.
refuse_folder() {
    local owner
    owner=$(stat -c %U "$1" 2>/dev/null) || owner=
    if [ -n "$owner" ] && [ "$owner" != "$(id -un)" ]; then
        say "cannot build: $1 belongs to $owner; remove it, or copy the sources to a folder of your own"
    else
        say "cannot build: $1 is not writable; copy the sources to a folder that is"
    fi
    exit 1
}

# check_path: some characters are special to make or CMake.
check_path() {
    case $root in
    *[\"\;\\:\|]* | *$'\n'*)
        say "cannot build: the path of this checkout contains one of  \" ; \\ : |  ; move it elsewhere"
        exit 1
        ;;
    esac
}

# open_folder PRESET: creates the build folder, waits for other builds in it, and clears it if necessary.
open_folder() {
    local folder=$root/build/$1 file
    check_path
    mkdir -p "$folder" 2>/dev/null || refuse_folder "$(nearest "$folder")"
    for file in "$folder" "$folder/lock" "$folder/build.log" "$folder/CMakeCache.txt"; do
        [ ! -e "$file" ] || [ -w "$file" ] || refuse_folder "$file"
    done
    exec 9>"$folder/lock"
    if command -v flock >/dev/null; then flock 9; fi
    clear_unusable "$1"
}

# nearest FOLDER: prints the folder or, if it does not exist, its nearest existing parent.
nearest() {
    local folder=$1
    while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
    printf '%s\n' "$folder"
}

# --- building ----------------------------------------------------------------------------------------------------------

# use_ccache: several builds of one checkout share compiled files through ccache. Only for new build folders: CMake keeps the
# launcher of existing ones.
use_ccache() {
    command -v ccache >/dev/null || return 0
    export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
}

# try_build PRESET TARGET [CMAKE ARGUMENT...]: prints nothing; the output is in build.log in the build folder.
try_build() {
    local preset=$1 target=$2 folder=$root/build/$1 code=0
    shift 2
    open_folder "$preset"
    (cd "$root" && cmake --preset "$preset" -U MCPI_CUDA_BROKEN "$@") >"$folder/build.log" 2>&1 &&
        cmake --build "$folder" --parallel "$jobs" --target "$target" >>"$folder/build.log" 2>&1 || code=$?
    exec 9>&-
    return "$code"
}

# give_up TARGET LOG: reports a failed build, and exits.
give_up() {
    tail -n 30 "$2" >&2
    say "building $1 failed; the full log is $2"
    exit 1
}

# build PRESET TARGET [CMAKE ARGUMENT...]
build() {
    try_build "$@" || give_up "$2" "$root/build/$1/build.log"
}
