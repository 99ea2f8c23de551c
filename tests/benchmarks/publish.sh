# Made-up figures go into a copy of the files, never into the files.
source=$(dirname "$ACCEPT")/../..
mkdir -p root/benchmarks
cp -r "$source/benchmarks/results" root/benchmarks
cp "$source/README.md" root
made_up() { "$CASES/made_up_result" "$@"; }
publish() { "$source/benchmarks/gpu/publish" --root root "$@" 2>&1; echo "exit code $?"; }
# Real figures, once they are there, stay beside the made-up ones.
figures() { sed -n '/<!-- gpu figures/,/<!-- end of gpu/p' root/README.md | grep -E '<!--|Made-up|Not yet run'; }
rows() { grep -n 'Made-up\|No GPU yet' root/benchmarks/results/README.md | sed 's/^[0-9]*://'; }

made_up 123abc 1e11 >result.json
publish result.json
figures
rows
cat root/benchmarks/results/gpu-made-up-gpu-9-123abc.md
cmp <(python3 -m json.tool result.json) <(python3 -m json.tool root/benchmarks/results/gpu-made-up-gpu-9-123abc.json)
diff <(sed '/<!-- gpu figures/,/<!-- end of gpu/d' "$source/README.md") <(sed '/<!-- gpu figures/,/<!-- end of gpu/d' root/README.md)

echo "the same again, and another one"
made_up 123abc 2e11 >result.json
publish result.json
made_up 456def-changes 3e11 >result.json
publish result.json
figures
rows

echo "refused"
cp -r root before
for change in 's/"simulated": false/"simulated": true/' 's/Made-up GPU/Simulated GPU/' \
    's/"sizes_are_small": false/"sizes_are_small": true/' 's/"passed": true/"passed": false/; s/"passed"/"failed"/2' \
    's/accept.v2/other/' 's/ladder: /rung: /g'; do
    made_up 789 1e11 | sed "$change" >result.json
    publish result.json
done
diff -r before root
sed -i 's/<!-- end.*//' root/README.md
made_up 789 1e11 >result.json
publish result.json | tail -n 2
