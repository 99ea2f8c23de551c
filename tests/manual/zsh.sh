# Completions for zsh, in a zsh that reads keys: a key writes what is offered into a file.
command -v zsh >/dev/null || { echo "zsh is not installed"; exit 77; }
. "$CASES/made_up.bash"

cat >setup.zsh <<END
fpath=('$MANUAL' \$fpath)
autoload -Uz compinit
compinit -D -u
PS1= PS2= PROMPT_SP=
setopt no_beep
zstyle ':completion:*' completer _complete
# What is added, without what only asks for it. The arguments before - are options.
compadd() {
    local -a added
    if (( \${@[(I)-[OAD]]} )); then builtin compadd "\$@"; return; fi
    builtin compadd -A added "\$@"
    offered+=(\$added)
    builtin compadd "\$@"
}
offer() {
    local -aU offered
    _main_complete
    print -r -- "\$BUFFER| \$offered" >>offers
    compstate[insert]= compstate[list]=
}
zle -C offer complete-word offer
bindkey '^T' offer
END
cat >drive.zsh <<'END'
zmodload zsh/zpty
zpty shell 'zsh -f -i'
zpty -w shell 'source ./setup.zsh'
while IFS= read -r line; do
    zpty -w -n shell "$line"$'\x14'
    until [[ $(tail -n 1 offers 2>/dev/null) == "$line|"* ]]; do zpty -r -t shell; sleep 0.02; done
    zpty -w -n shell $'\x15'
done <$CASES/lines.txt
zpty -d shell
END
timeout 60 zsh -f drive.zsh </dev/null >/dev/null
cat offers
