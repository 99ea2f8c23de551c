# shellcheck shell=bash
# Sourced by .ci/prepare.sh: find missing packages, and decide whether to install them. Required packages are installed without
# a question only by root in a container or in CI, or with MCPI_INSTALL=1; optional ones only in CI or with MCPI_INSTALL=1.

# --- where this runs, and as which user ------------------------------------------------------------------------------

is_ci() { [ "${CI:-}" = true ] || [ "${CI:-}" = 1 ]; }

# in_container FOLDER: whether this is a container. FOLDER is a prefix of every path that is checked: "" for this machine.
in_container() {
    [ -e "$1/.dockerenv" ] || [ -e "$1/run/.containerenv" ] || [ -e "$1/run/systemd/container" ] ||
        [ -e "$1/run/secrets/kubernetes.io" ] || [ -e "$1/var/run/secrets/kubernetes.io" ] ||
        { tr '\0' '\n' <"$1/proc/1/environ"; } 2>/dev/null | grep -q '^container=' ||
        # BuildKit and containerd can only be recognised by the layers of the root file system.
        grep -qsE ' / / .* - overlay .*(buildkit|containerd|docker|snapshots|containers/storage)' "$1/proc/self/mountinfo"
}

# systemd_knows_container: whether systemd reports a container. WSL is excluded, because it is a user's machine.
systemd_knows_container() {
    case $(systemd-detect-virt --container 2>/dev/null) in '' | none | wsl) return 1 ;; esac
}

place() {
    if is_ci; then
        echo ci
    elif in_container "" || systemd_knows_container; then
        echo container
    else
        echo machine
    fi
}

# installer: how packages can be installed: "root", "sudo", or "nobody" without sudo.
installer() {
    if [ "$(id -u)" -eq 0 ]; then echo root; elif command -v sudo >/dev/null; then echo sudo; else echo nobody; fi
}

terminal() { if [ -t 0 ] && [ -t 2 ]; then echo terminal; else echo none; fi; }

# decide_install SETTING INSTALLER PLACE TERMINAL: "yes", "no", or "ask". SETTING is MCPI_INSTALL.
decide_install() {
    case $1/$2/$3/$4 in
    0/* | */nobody/*) echo no ;;
    1/* | /root/ci/* | /root/container/*) echo yes ;;
    */terminal) echo ask ;;
    *) echo no ;;
    esac
}

check_setting() {
    case ${MCPI_INSTALL:-} in '' | 0 | 1) return ;; esac
    say "MCPI_INSTALL '$MCPI_INSTALL': must be 0 (install nothing) or 1 (install what is missing)"
    exit 2
}

# --- installing ------------------------------------------------------------------------------------------------------

# with_rights INSTALLER COMMAND...: runs a command as root. Without a terminal sudo must not ask for a password.
with_rights() {
    local sudo=(sudo)
    [ -t 0 ] || sudo=(sudo -n)
    [ "$1" = sudo ] || sudo=()
    shift
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "$@"
}

# line_to_type PACKAGE...
line_to_type() { printf '%sapt-get install -y %s' "$([ "$(installer)" = root ] || echo 'sudo ')" "$*"; }

# answers_yes QUESTION: on the terminal; no is the default.
answers_yes() {
    local answer=
    printf '%s: %s [y/N] ' "$(basename "$0")" "$1" >&2
    read -r answer || echo >&2
    case $answer in y | Y | yes) return 0 ;; *) return 1 ;; esac
}

# install_packages WHAT PACKAGE...: if that fails, prints the reason and exits.
install_packages() {
    local what=$1 log by
    shift
    by=$(installer)
    log=$(mktemp)
    say "installing $* for $what (apt-get, as root$([ "$by" = root ] || echo ' through sudo'))"
    if ! with_rights "$by" apt-get install -y -q --no-install-recommends "$@" >"$log" 2>&1 &&
        ! { with_rights "$by" apt-get update -q >"$log" 2>&1 &&
            with_rights "$by" apt-get install -y -q --no-install-recommends "$@" >>"$log" 2>&1; }; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        say "could not install $*; run: $(line_to_type "$@")"
        exit 1
    fi
    rm -f "$log"
}

# need WHAT TOOLS PACKAGE...: installs the Debian packages with the tools that WHAT needs, or reports what is missing and exits.
need() {
    local what=$1 tools=$2 decision=no
    shift 2
    check_setting
    if ! command -v apt-get >/dev/null; then
        say "$what needs $tools (Debian: $*); install it and try again"
        exit 1
    fi
    decision=$(decide_install "${MCPI_INSTALL:-}" "$(installer)" "$(place)" "$(terminal)")
    if [ "$decision" = ask ]; then
        if answers_yes "$what needs $tools. Install $* now?"; then decision=yes; else decision=no; fi
    fi
    if [ "$decision" = no ]; then
        say "$what needs $tools; run: $(line_to_type "$@")   or set MCPI_INSTALL=1"
        exit 1
    fi
    install_packages "$what" "$@"
}

# --- what is missing -------------------------------------------------------------------------------------------------

have_package() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# missing_packages PACKAGE...: sets `missing` to the packages that are not installed according to dpkg. Without dpkg it is
# empty, and CMake reports what it does not find.
missing_packages() {
    local package
    missing=()
    command -v dpkg-query >/dev/null || return 0
    for package in "$@"; do have_package "$package" || missing+=("$package"); done
}

# need_packages WHAT PACKAGE...: required.
need_packages() {
    local what=$1 missing
    shift
    missing_packages "$@"
    [ ${#missing[@]} -eq 0 ] || need "$what" "${missing[*]}" "${missing[@]}"
}

# want_packages WHAT PACKAGE...: optional. Fails if packages are missing and are not installed now.
want_packages() {
    local what=$1 missing
    shift
    missing_packages "$@"
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "${MCPI_INSTALL:-}" = 1 ] || { is_ci && [ "${MCPI_INSTALL:-}" != 0 ]; }; then
        (need "$what" "${missing[*]}" "${missing[@]}")
    else
        say "skipping $what: not installed: ${missing[*]} (MCPI_INSTALL=1 installs them)"
        return 1
    fi
}

# has_command COMMAND: the name may be followed by arguments.
has_command() { command -v "${1%% *}" >/dev/null 2>&1; }

# check_cmake_version: CMakePresets.json needs 3.22 or newer.
check_cmake_version() {
    local version
    version=$(cmake --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9.]*\).*/\1/p')
    [ -z "$version" ] || [ "$(printf '%s\n' 3.22 "$version" | sort -V | head -n 1)" = 3.22 ] && return
    say "the build needs CMake 3.22 or newer; found $version"
    exit 1
}

# need_tools c|cxx: CMake, make and a C compiler, for "cxx" also a C++ compiler, from any source.
need_tools() {
    local tools=() packages=() list
    has_command cmake || { tools+=("CMake 3.22 or newer,") && packages+=(cmake); }
    has_command "${CC:-cc}" || tools+=("a C compiler (cc),")
    [ "$1" != cxx ] || has_command "${CXX:-c++}" || tools+=("a C++ compiler (c++),")
    [ -n "${CMAKE_GENERATOR:-}" ] || has_command make || tools+=("make,")
    [ ${#tools[@]} -eq ${#packages[@]} ] || packages+=(build-essential)
    if [ ${#tools[@]} -gt 0 ]; then
        list=${tools[*]}
        need "the build" "${list%,}" "${packages[@]}"
    fi
    check_cmake_version
}
