# The count as JSON, up to the first field that depends on time: one integer for one seed and range.
count() { mcpi -d cpu --json "$@" | sed 's/,"seconds".*//'; }
count -n 1e6
count -n 1000000 -t 1
count -n 1M -t 7 --kernel scalar
count -n 1000001 -s 1234567890123456789 --stream 987654321098765432
count -n 1000003 --first 5 --seed 0xffffffffffffffff --stream 0xFFFFFFFFFFFFFFFF
count -n 2000001 --first 8589000000 -s 7
count -n 700 --first 9223372036854775000 -s 7 --stream 3
count -n 1
count -n 0
