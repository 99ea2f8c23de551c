# What a run did, range by range: the lines of --log add up to the result, and no dart is counted twice.
number() { grep -oE "\"$1\":\"?[0-9]+" run.json | head -n 1 | grep -oE '[0-9]+$'; }
run() { mcpi -q -d cpu "$@" --json >run.json; echo "exit code $?"; }
fields() { awk '/^#/ { next } NF < 8 || $1 !~ /^[0-9]+\.[0-9]+$/ { print "not a line: " $0 } { seen[$2 " " ($4 ~ /^[0-9]+$/) " " NF] }
    END { for (kind in seen) print kind }' "$1" | sort; }
# Ranges that were counted, in order, must follow each other from dart FIRST on.
tile() { awk '$2 == "counted" { print $6, $7, $8 }' "$1" | sort -n |
    awk -v next_dart="$2" '$1 != next_dart { print "gap or overlap before " $1 } { next_dart = $1 + $2; darts += $2; hits += $3 }
        END { print darts, hits }'; }
same() { [ "$1" = "$2" ] && echo "the same" || echo "$1 is not $2"; }
echo "-- what was counted"
run -n 1e7 --first 12345 -t 3 --log all.log
head -n 1 all.log | sed 's/ [0-9][0-9.]*:/ VERSION:/'
fields all.log
same "$(tile all.log 12345)" "$(number darts) $(number hits)"
awk '$2 == "taken" { print $6, $7 }' all.log | sort | cmp - <(awk '$2 == "counted" { print $6, $7 }' all.log | sort) && echo "all that was taken"
awk '$2 == "opened" { print $3, $4 }' all.log | sort
echo "-- and recounted, with another kernel"
run -n 1e7 -t 2 --verify full --kernel scalar --log all.log
same "$(tile all.log 0)" "$(number darts) $(number hits)"
same "$(sed 's/ recounted / counted /; t; d' all.log | tile /dev/stdin 0)" "$(number darts) $(number hits)"
echo "-- up to the second in which it was stopped"
mcpi -q -d cpu -t 2 -n 2^62 --json --log stopped.log >run.json &
until grep -qs ' counted ' stopped.log; do sleep 0.01; done
kill -TERM $!
wait $!; echo "exit code $?"
same "$(tile stopped.log 0)" "$(number darts) $(number hits)"
echo "-- killed: all lines but the last are whole"
mcpi -q -d cpu -t 2 -n 2^62 --log killed.log >killed.json &
until grep -qs ' counted ' killed.log; do sleep 0.01; done
{ kill -KILL $!; wait $!; } 2>/dev/null; echo "exit code $?"
fields <(sed '$d' killed.log) | grep -v '^[a-z-]* 1 8$'
echo "-- to descriptors and over links; what was there before is gone"
{ mcpi -q -d cpu -n 1000 -t 1 --log /dev/fd/3 >/dev/null; } 3>&1 | grep -v '^#' | cut -d ' ' -f 2-4,6-
echo old >there
ln -s there link
run -n 1000 --log link
grep -c old there
echo "-- refused, before anything is counted"
run -n 1e18 --log no/such/folder/log
run -n 1e18 --log .
run -n 1e18 --log same --trace ./same
run -n 1e18 --log same.lock --checkpoint same
mcpi compare --log all.log; echo "exit code $?"
echo "-- a log that cannot be written: the result counts"
run -n 1000 --log /dev/full
number hits
