# A GPU with wrong arithmetic publishes a result that nobody recounted in time. It is found on another device, and on a sound
# GPU. A GPU like that finds out about itself if it is to check a sound result.
. "$CASES/sim.bash"
case $(mcpi merge - 2>&1 <<<'{}') in *'without json-c'*) echo "no json-c"; exit 77 ;; esac
make_liar
anonymous() { sed -E '/^simcuda: /d; /^(recounted|device|odds)/d; s/[0-9]+ (hits|counted here)/N \1/g'; }
range=(--first 16277216 -n 1e6) # half of it in front of dart 2^24
sim --devices 1 --ptx wrong.ptx -- -q -d gpu "${range[@]}" --verify off -o published.json >/dev/null 2>&1; echo "published: exit code $?"
grep -oE '"first":"[0-9]+","darts":"[0-9]+","hits"' published.json | cut -d, -f1,2
echo "-- on the CPU"
mcpi verify -q -d cpu --sample 100% --pick 1 published.json 2>&1 | anonymous; echo "exit code ${PIPESTATUS[0]}"
mcpi verify -q -d cpu --sample 1% published.json >/dev/null 2>&1; echo "one part: exit code $?"
echo "-- on a sound GPU"
sim --devices 1 -- verify -q -d gpu --sample 100% --pick 1 published.json 2>&1 | anonymous; echo "exit code ${PIPESTATUS[0]}"
echo "-- a sound result"
mcpi -q -d cpu "${range[@]}" -o sound.json >/dev/null
sim --devices 1 -- verify -q -d gpu --sample 100% --pick 1 sound.json 2>&1 | anonymous; echo "exit code ${PIPESTATUS[0]}"
sim --devices 1 --ptx wrong.ptx -- verify -q -d gpu --sample 100% --pick 1 sound.json >out 2>&1; echo "on the GPU with wrong arithmetic: exit code $?"
grep -oE 'counts disagree: gpu:0 \(Simulated GPU 0\)' out | head -n 1
