# shellcheck shell=bash
# Other releases of Debian, from the mirror that this machine uses. Sourced by scripts that fetch packages, without installing them.

# debian_mirror: prints the Debian mirror that this machine uses; fails if there is none.
# shellcheck disable=SC2016 # apt expands it
debian_mirror() {
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
        sed -n 's/^Debian|Debian|//p' | head -n 1 | grep .
}

# apt_for FOLDER RELEASE [COMPONENT...]: sets `options` so that apt knows the packages of this release, and their sources, and keeps
# to FOLDER.
apt_for() {
    local folder=$1 release=$2 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed=
    shift 2
    mirror=$(debian_mirror) || return
    [ ! -e "$keyring" ] || signed=[signed-by=$keyring]
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    : >"$folder/status"
    printf "%s $signed $mirror $release main $*\n" deb deb-src >"$folder/sources.list"
    # shellcheck disable=SC2034 # for the caller
    options=(-o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$folder/lists"
        -o "Dir::Cache=$folder/cache" -o "Dir::State::status=$folder/status" -o APT::Sandbox::User=root)
    apt-get -q "${options[@]}" update >"$folder/log" 2>&1
}
