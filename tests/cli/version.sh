# The first line is for scripts. The other lines differ from build to build, but each build has them.
mcpi --version >version
head -n 1 version
sed 1d version | sed -E 's/^(.{10}[^ ]?) .*/\1/; s/ +$//' | grep -vx GPUs
for words in -V version 'run --version' 'version -o -'; do
    # shellcheck disable=SC2086
    mcpi $words 2>&1 | cmp - version
done
grep -Ecx 'commit      (unknown|[0-9a-f]{12,}(-dirty)?)' version
mcpi devices --json >found.json
command -v jq >/dev/null || exit 0
# What the text says, JSON has, too.
jq -r '.origin.build | .version, .compiler, .build_type, .flags // empty' found.json |
    grep -vxFf <(cut -c 13- version; head -n 1 version | cut -c 6-)
echo "ended by $?" # 1: each line was in the text
