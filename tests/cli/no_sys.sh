# Without /sys, as in some containers, or without /sys and /proc, only the result is printed.
without() { # without "FOLDER..." COMMAND...
    local folders=$1
    shift
    # shellcheck disable=SC2086 # several folders
    "${unshare[@]}" sh -c 'for folder in '"$folders"'; do mount -t tmpfs none "$folder" || exit; done; exec "$@"' sh "$@"
}
for flags in -m -rm; do
    unshare=(unshare "$flags")
    without "/sys /proc" true 2>/dev/null && break
    unshare=()
done
[ ${#unshare[@]} -gt 0 ] || { echo "no mount namespace can be made here"; exit 77; }
[ -z "$(without /proc mcpi --version 2>&1 >/dev/null)" ] || { echo "a sanitizer needs /proc"; exit 77; }
for folders in /sys /proc "/sys /proc"; do
    echo "-- $folders"
    without "$folders" mcpi -q -d cpu -n 1e6 | grep '^count'
    without "$folders" mcpi -q -d cpu -n 1e6 --pin cores | grep '^count'
    without "$folders" mcpi devices -v | grep -cE '^(hardware threads|CPU workers) +[1-9]'
    without "$folders" mcpi scaling -q -d cpu -t 1 -T 0.1s --json 2>&1 >/dev/null | grep -v 'treat the ratios with caution'
    without "$folders" mcpi compare -q -d cpu -t 1 -T 0.1s --json 2>&1 >/dev/null | grep -v 'treat the ratios with caution'
    without "$folders" mcpi stress -q -d cpu -t 1 -T 1s | grep -o '^OK: 1 of 1'
done
echo "-- hwloc's own warnings are hidden, unless they are asked for"
HWLOC_COMPONENTS=nosuch mcpi -q -d cpu -n 1e6 --pin cores | grep '^count'
echo "-- in a library they do not come up: this is what a program that sets nothing sees"
HWLOC_HIDE_ERRORS=0 without /sys mcpi -q -d cpu -n 1e6 --pin cores | grep '^count'
