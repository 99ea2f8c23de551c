# The package bash-completion changes nothing.
. "$CASES/made_up.bash"
. "$CASES/complete.bash"
package=/usr/share/bash-completion/bash_completion
[ -e $package ] || { echo "bash-completion is not installed"; exit 77; }

complete_with() # FILE
{
    # shellcheck source=/dev/null
    . "$1"
    . "$MANUAL/mcpi.bash"
    . "$MANUAL/mcpi-mpi.bash"
    complete_lines
}
cmp <(complete_with /dev/null) <(complete_with $package) && echo "the same"
