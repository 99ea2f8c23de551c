# The help pages of the program and of each command fit on one screen. Both ways to ask for a page give the same page.
mcpi --help
for command in run compare scaling stress merge board devices help version; do
    echo "---- $command"
    mcpi help "$command"
    cmp <(mcpi "$command" --help) <(mcpi help "$command")
done
cmp <(mcpi help) <(mcpi --help)
mcpi help run -o page && cmp page <(mcpi help run)
