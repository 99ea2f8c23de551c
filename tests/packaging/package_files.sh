#!/usr/bin/env bash
# What the packages of a build contain, that lintian accepts the deb, and that the program of the tar.gz runs where it is unpacked.
# Ends with 77, for "skipped", after the test of the tar.gz if a tool for the deb is missing.
#   package_files.sh BUILD_FOLDER
# Programs, both libraries and the manual must be built.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${1:?usage: package_files.sh BUILD_FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
umask 077 # of no effect on packages

# make_packages GENERATOR [CPACK ARGUMENT...]: of what was built. With Makefiles, cpack would build everything first.
make_packages() {
    local generator=$1
    shift
    cpack --config "$build/CPackConfig.cmake" -G "$generator" -B "$work/$generator" -D CPACK_CMAKE_GENERATOR=Ninja "$@" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
}

# expect_files NAME ROOT: standard input, a list of the files below ROOT. The documentation changes too often to be listed; of it
# only this must be there. Debian has folders for each architecture, and compresses manual pages.
expect_files() {
    local name=$1 root=$2
    sed -n "s#^$root/##p" | sed -E "s#^lib/[a-z0-9_]+-linux-gnu/#lib/#; s#(man/man[0-9]/.*)\.gz\$#\1#; s#$version#VERSION#; s#$soversion#SOVERSION#" >"$work/list"
    grep '[^/]$' "$work/list" | grep -vE '^share/doc/mcpi/(docs|benchmarks)/' | LC_ALL=C sort >"$work/files"
    LC_ALL=C diff -u --label "$name.files" --label "$name, now" "$here/$name.files" "$work/files" || failures=$((failures + 1))
}

# expect_readable NAME: standard input, a list with permissions. Everybody may read all, and enter folders.
expect_readable() {
    grep -vE '^(drwx|-rwx)(r-x){2}|^-rw-(r--){2}|^l' && echo "$1: not readable for everybody" && failures=$((failures + 1))
    return 0
}

# expect_clean PACKAGE...: lintian has no error and no warning, except that the folder of libraries may be that of another prefix.
expect_clean() {
    lintian --allow-root --fail-on error,warning --suppress-tags pkg-config-unavailable-for-cross-compilation "$@" ||
        failures=$((failures + 1))
}

# The records of the target uninstall: what was installed, not what was packed.
records() { (cd "$build" && find . -maxdepth 1 \( -name 'install_manifest*.txt' -o -name installed_prefix \) -exec cksum {} + | sort); }
before=$(records)

version=$(sed -n 's/^set(CPACK_PACKAGE_VERSION "\(.*\)")/\1/p' "$build/CPackConfig.cmake")
soversion=${version%.*}
make_packages TGZ
archive=$(echo "$work"/TGZ/*.tar.gz)
expect_files tar "$(basename "$archive" .tar.gz)" < <(tar -tzf "$archive")
expect_readable tar.gz < <(tar -tvzf "$archive")
mkdir "$work/an empty folder"
tar -xzf "$archive" -C "$work/an empty folder" --strip-components=1
"$work/an empty folder/bin/mcpi" --version | grep -x "mcpi $version" || failures=$((failures + 1))

if ! command -v dpkg-shlibdeps >/dev/null; then
    [ "$failures" -eq 0 ] || exit 1
    echo "skipped: the deb, because there is no dpkg-shlibdeps (Debian: dpkg-dev)"
    exit 77
fi
make_packages DEB -D CPACK_PACKAGING_INSTALL_PREFIX=/usr
for package in "$work"/DEB/*.deb; do
    name=$(basename "$package")
    name=${name%%_*}
    expect_files "${name/$soversion/-soname}.deb" ./usr < <(dpkg-deb --fsys-tarfile "$package" | tar -t)
    expect_readable "$name" < <(dpkg-deb -c "$package")
done
dpkg-deb -f "$work"/DEB/mcpi_*.deb Version | grep -x "$version" || failures=$((failures + 1))
if command -v lintian >/dev/null; then expect_clean "$work"/DEB/*.deb; fi
[ "$(records)" = "$before" ] || { echo "cpack changed what the target uninstall removes" && failures=$((failures + 1)); }
printf '%d failures\n' "$failures"
[ "$failures" -eq 0 ] || exit 1
command -v lintian >/dev/null || { echo "skipped: lintian (Debian: lintian)" && exit 77; }
