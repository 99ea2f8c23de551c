# Completions for fish, by its own command for this.
command -v fish >/dev/null || { echo "fish is not installed"; exit 77; }
. "$CASES/made_up.bash"

cat >complete.fish <<'END'
source $MANUAL/mcpi.fish
source $MANUAL/mcpi-mpi.fish
while read -l line
    echo "$line|" (complete -C "$line" | string replace -r '\t.*' '')
end
END
XDG_CONFIG_HOME=$PWD/bin XDG_DATA_HOME=$PWD/bin fish --no-config complete.fish <"$CASES/lines.txt"
