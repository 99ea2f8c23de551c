# Counts of neighbouring ranges add.
hits() { mcpi -q -d cpu --json "$@" | grep -oE '"hits":[0-9]+' | head -n 1 | cut -d: -f2; }
total=0
for first in 0 333333 666666; do
    part=$(hits --first $first -n 333333)
    echo "from $first: $part"
    total=$((total + part))
done
echo "the last one: $(hits --first 999999 -n 1)"
echo "sum: $((total + $(hits --first 999999 -n 1))) = $(hits -n 1e6)"
