#!/usr/bin/env bash
# Whether ./mcpi and ./check install packages: the decisions of .ci/packages.sh on made-up machines, whose id, sudo, apt-get
# and dpkg-query are stubs.
#   install_decision.sh SOURCE_FOLDER
set -euo pipefail
source_folder=${1:?usage: install_decision.sh SOURCE_FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=.ci/prepare.sh
. "$source_folder/.ci/prepare.sh"
unset CI MCPI_INSTALL container

failures=0
expect() {
    [ "$2" = "$3" ] && return
    printf '%s: expected "%s", got "%s"\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}

# --- the decision ----------------------------------------------------------------------------------------------------

while read -r setting user where on decision; do
    expect "$setting $user $where $on" "$decision" "$(decide_install "${setting#-}" "$user" "$where" "$on")"
done <<'END'
- root   container none     yes
- root   container terminal yes
- root   ci        none     yes
- root   machine   terminal ask
- root   machine   none     no
- sudo   container none     no
- sudo   container terminal ask
- sudo   ci        none     no
- sudo   machine   terminal ask
- sudo   machine   none     no
- nobody container terminal no
- nobody machine   none     no
1 root   machine   none     yes
1 sudo   machine   none     yes
1 sudo   machine   terminal yes
1 nobody machine   terminal no
0 root   container terminal no
0 root   ci        none     no
0 sudo   machine   terminal no
END

# --- what a container is ---------------------------------------------------------------------------------------------

# container_with FILE [TEXT]
container_with() {
    local tree=$work/root
    rm -rf "$tree"
    mkdir -p "$tree/$(dirname "$1")"
    printf '%b' "${2:-}" >"$tree/$1"
    if in_container "$tree"; then echo yes; else echo no; fi
}
expect "Docker" yes "$(container_with .dockerenv)"
expect "Kubernetes" yes "$(container_with run/secrets/kubernetes.io)"
expect "BuildKit" yes "$(container_with proc/self/mountinfo \
    '91 80 0:47 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/buildkit/x,upperdir=/y\n')"
expect "a live system" no "$(container_with proc/self/mountinfo '22 1 0:18 / / rw - overlay overlay rw,lowerdir=/media/ro\n')"
expect "Podman" yes "$(container_with run/.containerenv)"
expect "systemd" yes "$(container_with run/systemd/container lxc)"
expect "the environment of the first process" yes "$(container_with proc/1/environ 'HOME=/\0container=lxc\0')"
expect "no container" no "$(container_with proc/1/environ 'HOME=/\0mycontainer=lxc\0')"
systemd_says() { printf '#!/bin/sh\necho %s\n' "$1" >"$work/systemd-detect-virt" && chmod +x "$work/systemd-detect-virt"; }
for pair in "docker yes" "none no" "wsl no"; do
    systemd_says "${pair% *}"
    expect "systemd says ${pair% *}" "${pair#* }" "$(PATH=$work:$PATH && if systemd_knows_container; then echo yes; else echo no; fi)"
done

# --- make-believe machines -------------------------------------------------------------------------------------------

# stub NAME BODY: a program in PATH.
stub() {
    printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}
mkdir "$work/bin"
for tool in bash sh basename dirname readlink mktemp tail rm env cat; do
    ln -s "$(command -v "$tool")" "$work/bin/$tool"
done
stub nproc 'echo 1'
stub dpkg-query 'exit 1'
stub apt-get "echo \"apt-get \$*\" >>'$work/done'"
# The place is given, the rest is found out.
cat >"$work/program" <<END
#!/usr/bin/env bash
set -euo pipefail
. "$source_folder/.ci/prepare.sh"
place() { echo "\$PLACE"; }
case \$1 in
need) need_packages "the build" gcc make ;;
want) want_packages "some tests" gnuplot || say "went on" ;;
tools) need_tools cxx ;;
esac
END
chmod +x "$work/program"
machine() { # machine UID SUDO: SUDO is "sudo", or a body
    stub id "echo $1"
    rm -f "$work/bin/sudo"
    [ -z "$2" ] || stub sudo "$2"
}
# run PLACE need|want|tools [SETTING...]: what was done, and the exit code; standard error is in $work/err.
run() {
    local place=$1 what=$2 code=0
    shift 2
    rm -f "$work/done"
    env -i PATH="$work/bin" PLACE="$place" "$@" "$work/program" "$what" </dev/null >"$work/out" 2>"$work/err" || code=$?
    cat "$work/done" 2>/dev/null || true
    echo "exit code $code"
}
said() { grep -c -- "$1" "$work/err" || true; }
installed="apt-get install -y -q --no-install-recommends"

with_sudo="echo \"sudo \$*\" >>'$work/done'; [ \"\$1\" != -n ] || shift; exec \"\$@\""
machine 0 ""
expect "root in a container" "$installed gcc make
exit code 0" "$(run container need)"
expect "that is said" 1 "$(said 'installing gcc make for the build (apt-get, as root)')"
expect "root on a machine" "exit code 1" "$(run machine need)"
expect "the line to type" 1 "$(said 'run: apt-get install -y gcc make ')"
expect "root, forbidden" "exit code 1" "$(run container need MCPI_INSTALL=0)"
expect "root, allowed" "$installed gcc make
exit code 0" "$(run machine need MCPI_INSTALL=1)"
expect "a setting of another kind" "exit code 2" "$(run machine need MCPI_INSTALL=yes)"
machine 1000 "$with_sudo"
expect "sudo, no terminal" "exit code 1" "$(run machine need)"
expect "the line to type with sudo" 1 "$(said 'run: sudo apt-get install -y gcc make ')"
expect "sudo in a container" "exit code 1" "$(run container need)"
expect "sudo, allowed: it must not ask for a password" "sudo -n env DEBIAN_FRONTEND=noninteractive $installed gcc make
$installed gcc make
exit code 0" "$(run machine need MCPI_INSTALL=1)"
machine 1000 "exit 1"
expect "sudo that is refused" "exit code 1" "$(run machine need MCPI_INSTALL=1)"
expect "the line to type after that" 1 "$(said 'could not install gcc make; run: sudo apt-get install -y gcc make')"
machine 1000 ""
expect "no sudo" "exit code 1" "$(run machine need MCPI_INSTALL=1)"

machine 0 ""
expect "optional in a container" "exit code 0" "$(run container want)"
expect "what it is for is said" 1 "$(said 'skipping some tests: not installed: gnuplot (MCPI_INSTALL=1 installs them)')"
expect "optional in CI" "$installed gnuplot
exit code 0" "$(run ci want CI=true)"
expect "optional in CI, forbidden" "exit code 0" "$(run ci want CI=true MCPI_INSTALL=0)"
expect "optional, allowed" "$installed gnuplot
exit code 0" "$(run machine want MCPI_INSTALL=1)"
machine 1000 "exit 1"
expect "optional that cannot be installed" "exit code 0" "$(run ci want CI=true MCPI_INSTALL=1)"
expect "then it is left out" 1 "$(said 'went on')"

machine 0 ""
expect "no tools at all" "$installed cmake build-essential
exit code 1" "$(run container tools | sed 's/exit code .*/exit code 1/')"
rm "$work/bin/apt-get" "$work/bin/dpkg-query"
expect "no apt" "exit code 1" "$(run container tools)"
expect "the tools are named" 1 \
    "$(said 'needs CMake 3.22 or newer, a C compiler (cc), a C++ compiler (c++), make (Debian: cmake build-essential)')"

# --- a terminal ------------------------------------------------------------------------------------------------------

stub apt-get "echo \"apt-get \$*\" >>'$work/done'"
stub dpkg-query 'exit 1'
# answer TEXT: what a user of sudo types.
answer() {
    rm -f "$work/done"
    printf '%b' "$1" | env -i PATH="$work/bin" PLACE=machine SHELL="$work/bin/bash" \
        "$script" -qec "$work/program need" /dev/null >"$work/err" 2>&1 || true
    cat "$work/done" 2>/dev/null || true
}
machine 1000 "$with_sudo"
if script=$(command -v script); then
    expect "yes" "sudo env DEBIAN_FRONTEND=noninteractive $installed gcc make
$installed gcc make" "$(answer 'y\n')"
    expect "no" "" "$(answer 'n\n')"
    expect "nothing" "" "$(answer '\n')"
    expect "the question" 1 "$(said 'the build needs gcc make. Install gcc make now? \[y/N\]')"
    expect "the line to type after no" 1 "$(said 'run: sudo apt-get install')"
    expect "the end of the input" "" "$(answer '\004')"
else
    echo "skipped: the terminal: no script (Debian: bsdutils)"
fi

printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ]
