# Results that other programs have read and written again add up to the same count; damaged ones are refused. docs/result.md
# describes the checksum.
for tool in jq python3; do command -v $tool >/dev/null || { echo "no $tool"; exit 77; }; done
case $(mcpi merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
sed -n '/^```python$/,/^```$/p' "$CASES/../../docs/result.md" | sed '/^```/d' >check.py
largest=18446744073709551615
mcpi -q -d cpu -s $largest --stream $largest --first 9223372036854775000 -n 700 -o large.json >/dev/null
mcpi -q -d cpu --verify full -n 1e6 -o small.json >/dev/null
mcpi -q -d cpu --first 5 -e 0.01 -o goal.json >/dev/null
mcpi -q -d cpu -n 0 -o none.json >/dev/null
mcpi -q -d cpu --first 2000000 -n 10 -o gap.json >/dev/null
mcpi merge -q small.json gap.json -o incomplete.json >/dev/null 2>&1

echo "-- the program in docs/result.md"
for file in *.json; do echo "$file $(jq -r .checksum "$file") $(python3 check.py <"$file")"; done
sed 's/"hits":"7/"hits":"8/' small.json | python3 check.py
sed 's/"complete":true/"complete":false/' small.json | python3 check.py
sed 's/"hits":"8"/"hits":"7"/' incomplete.json | python3 check.py

# What programs write that read each number as a double: its fewest digits, all of them, or an exponent.
cat >rounded.py <<'END'
import re, sys
from decimal import Decimal
write = {"fewest": lambda x: format(Decimal(repr(x)), "f"), "all": lambda x: "%d" % x, "exponent": repr}[sys.argv[1]]
rounded = lambda number: write(float(number[0])) if int(number[0]) > 2**53 else number[0]
sys.stdout.write(re.sub(r"(?<=:)\d+(?=,)", rounded, sys.stdin.read()))
END
echo "-- written again by other programs"
for file in large.json incomplete.json; do
    mcpi merge -q --json "$file" >whole 2>/dev/null
    for program in "jq ." "jq -c ." "jq -S ." "python3 rounded.py fewest" "python3 rounded.py all" "python3 rounded.py exponent"; do
        $program <"$file" >again
        mcpi merge -q --json again >actual 2>errors
        cmp actual whole || echo "by $program: $file"
        grep -v '^mcpi: incomplete' errors
    done
done
python3 rounded.py fewest <large.json | grep -oE '"seed":[0-9]+'

echo "-- without strings and checksum"
old() { sed -E 's/"exact":\{[^}]*\},"checksum":"[0-9a-f]*",//' "$@"; }
try() { mcpi merge --json -o out.json - 2>&1 | grep -v '^{'; echo "exit code ${PIPESTATUS[0]}"; }
old small.json | try
grep -oE '"hits":[0-9]+' out.json
old small.json | sed -E 's/"(pi|z)":[^,]*,//g' | try
old small.json | sed 's/"hits":785850/"hits":785851/' | try
old small.json | sed -E 's/"(pi|z|std_error)":[^,]*,//g; s/"hits":785850,"complete/"hits":785851,"complete/' | try
old large.json | try
old large.json | python3 rounded.py fewest | try
old incomplete.json | try

echo "-- damaged"
swap() { sed -E "s/$2/$(grep -oE "$2" "$1" | head -n 1)/"; }
for part in '"exact":\{[^}]*\}' '"checksum":"[0-9a-f]*"' '"hits":[0-9]+' '"pi":[0-9.]+'; do
    swap gap.json "$part" <small.json | try
done
sed 's/"hits":785850/&,&/' small.json | try
