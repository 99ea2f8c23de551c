# Mutex, atomic and a counter for each worker lose no addition, and each message arrives as it was sent. How fast they are,
# and how much the racy counter loses, depends on the machine: only the form of such a number is compared.
number='[0-9]+(\.[0-9]+)?(e[0-9]+)?'
sharing() {
    "$SHARING" "$@" 2>&1 | sed -E "s/$number \($number-$number\)/NUMBERS/g; s/ +/ /g; s/^(racy NUMBERS) (none|[0-9.]+ % .*)/\1 LOST/"
    echo "exit code $?"
}
sharing --workers 3 --additions 10000 --messages 1000 --rounds 3
echo "-- one worker loses nothing, however it counts"
"$SHARING" --workers 1 --additions 1000 --messages 20 --rounds 1 | grep -c 'none$'
echo "-- refused"
for option in workers additions messages rounds; do sharing --$option 0; done
sharing --workers 1x
sharing --rounds -1
sharing counter
echo "-- help"
sharing --help
