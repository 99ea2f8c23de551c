# Manual pages: no warnings of two programs that show them, 80 columns, and nothing left out.
command -v mandoc >/dev/null || { echo "mandoc is not installed"; exit 77; }
command -v lexgrog >/dev/null || { echo "man-db is not installed"; exit 77; }
export MANWIDTH=80

# missing PAGE WORD...: words that the page does not have.
missing()
{
    local word
    for word in "${@:2}"; do grep -qwF -- "$word" "$1" || echo "$1: $word is missing"; done
}

for page in mcpi.1 mcpi-mpi.1 mcpi.3; do
    mandoc -T lint "$MANUAL/$page" || true
    man --warnings -E UTF-8 -l "$MANUAL/$page" 2>&1 >shown | sed "s/^/of $page: /"
    man -E ascii -l "$MANUAL/$page" | col -bx >"$page"
    awk -v page=$page 'length > 80 { print page ": more than 80 columns: " $0 }' "$page"
    lexgrog "$MANUAL/$page" | sed 's/^[^:]*: //'
done
sed -n '/^SYNOPSIS/,/^DESCR/p; /^EXAMPLES/,/^SEE/p' mcpi-mpi.1

# Commands, their options and examples, as the program itself shows them.
commands=$(mcpi help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')
for command in $commands; do
    sed -n "/^   mcpi \[*$command/,/^   mcpi /p" mcpi.1 >"$command"
    # shellcheck disable=SC2046 # options are words
    missing "$command" $(mcpi help "$command" | grep -oE -- '^  .{4}--[a-z-]+' | sed 's/.*--/--/')
    mcpi help "$command" | sed -n '/^Examples/,$s/^  \(mcpi.*[^ ]\)   .*/\1/p' | while read -r example; do
        grep -qF -- "$example" mcpi.1 || echo "$example is missing"
    done
done

# What the sources read and return.
# shellcheck disable=SC2046
missing mcpi.1 $(grep -rhoE 'getenv\("[A-Z_]+"' "$SOURCES/host" "$SOURCES/cuda" --include='*.c' | grep -oE '[A-Z_]{3,}' | sort -u)
# shellcheck disable=SC2046
missing mcpi.1 $(sed -nE 's/^    \{"([A-Z0-9_]+)", "[A-Z0-9_]+"\},.*/\1/p' "$SOURCES/host/cli/launcher.c")
# shellcheck disable=SC2046
missing mcpi.1 $(sed -nE 's/.*\.marker = "([A-Z_]+)".*/\1/p' "$SOURCES/host/cli/io/origin.c")
sed -n '/^EXIT/,/^ENV/s/^ *\([0-9][0-9]*\) .*/\1/p' mcpi.1 >codes
grep -oE 'EXIT_[A-Z_]+ = [0-9]+' "$SOURCES/host/cli/io/exit_process.h" | sed 's/.*= //' | cmp - codes
