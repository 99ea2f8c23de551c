# Each page on a screen: of the program, and of each command. What is asked in two ways is answered in one.
mcpi --help
for command in run compare scaling stress merge board devices help version; do
    echo "---- $command"
    mcpi help "$command"
    cmp <(mcpi "$command" --help) <(mcpi help "$command")
done
cmp <(mcpi help) <(mcpi --help)
mcpi help run -o page && cmp page <(mcpi help run)
