# Sourced by the cases for bash: complete a command line as bash does.

# complete_line LINE: what the completion of the line's first word offers at its end, in one line.
complete_line()
{
    local part rest=$1 word
    COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=() COMPREPLY=()
    while [[ $rest ]]; do
        rest=${rest#"${rest%%[! ]*}"}
        part=${rest%% *} rest=${rest#"${rest%% *}"}
        while [[ $part =~ ^([^=:]*)([=:]+)(.*)$ ]]; do # bash splits at these, too
            for word in "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"; do
                [[ ! $word ]] || COMP_WORDS+=("$word")
            done
            part=${BASH_REMATCH[3]}
        done
        [[ ! $part ]] || COMP_WORDS+=("$part")
    done
    [[ $1 != *[\ =:] ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    "_${COMP_WORDS[0]##*/}"
    printf '%s| %s\n' "$1" "$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ' ' | sed 's/ *$//')"
}

complete_lines() { while IFS= read -r line; do complete_line "$line"; done <"$CASES/lines.txt"; }
