# Completions for bash, by the function that it calls, and in a bash that reads keys.
. "$CASES/made_up.bash"
. "$CASES/complete.bash"
! command -v shellcheck >/dev/null || shellcheck "$MANUAL/mcpi.bash" "$MANUAL/mcpi-mpi.bash"
. "$MANUAL/mcpi.bash"
. "$MANUAL/mcpi-mpi.bash"
complete_lines

echo "-- keys"
cat >rc <<END
PS1= PS2=
bind 'set enable-bracketed-paste off' 'set show-all-if-ambiguous off' 2>/dev/null
. '$MANUAL/mcpi.bash'
say() { printf '<%s>\n' "\$@" >>said; }
complete -F _mcpi say
END
printf 'say ru\t--pi\tno\t--device gpu:1,c\t--verify=fu\t-o a\t-o b\\ \t--plot y\t-s\\ 1\nexit\n' |
    script -qec "bash --noprofile --rcfile rc -i" /dev/null >/dev/null
cat said
