# The peers that need only compilers and Python: built, run and checked, all in one table. The time limit is over before a
# worker starts, on any machine, so each throws one batch. The speed of such a short run is meaningless and not shown.
for tool in python3 gcc g++; do
    command -v $tool >/dev/null || { echo "skipped: no $tool in PATH"; exit 77; }
done
echo '#include <Random123/philox.h>' | gcc -E - >/dev/null 2>&1 || { echo "skipped: no Random123"; exit 77; }
unset CC CXX MKLROOT
real=$(readlink -f "$(command -v mcpi)")
# peers MCPI ARGUMENT...: the table, without padding, with a word for each number that is formed and sized as it should be.
amount="--seconds 1e-6"
peers() {
    # shellcheck disable=SC2086 # an option and its value
    "$PEERS" --mcpi "$@" --build "$PWD/build" $amount >out 2>err && code=0 || code=$?
    grep '^|' out | sed -E 's/ +\|/ |/g; s/-{3,}/-/g
        s/\| [1-9]\.[0-9]{2}e[0-9]{1,2} \| [1-9]\.[0-9]{2}e[0-9]{1,2} to [1-9]\.[0-9]{2}e[0-9]{1,2} \|/| rate | spread |/
        s/spread \| [0-9]+\.[0-9]*(e[-+][0-9]+)? \|/spread | ratio |/
        s/spread \| (ratio)? ?\| [0-9]+\.[0-9]*(e[-+][0-9]+)? \|/spread | \1 | ratio |/; s/\| [-+][0-5]\.[0-9]{2} \|/| z |/
        s/[-+][0-9]+\.[0-9] standard errors/MANY standard errors/; s/[0-9]+ hits in [0-9]+ darts/HITS in DARTS/
        s/(mcpi: --kernel none).*/\1.../'
    sed -nE "s,$PWD/,,; /error: |no mcpi/p" err
    echo "exit code $code"
}
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod +x "$1"; }

peers "$real" --rounds 2 --workers 2,1 --kernel scalar --kernel none pure-serial pure-threads \
    pure-processes rand_r mt19937_64 random123 xoshiro

echo "as many darts as are asked for, and no others"
amount="--darts 1e6"
peers "$real" --rounds 1 --workers 3,1 pure-threads pure-processes rand_r mt19937_64 random123 xoshiro
grep -o '^Measured: .*' out | sed 's/ [0-9-]*,/ DATE,/'
# shellcheck disable=SC2016
stand_in compiler 'while [ "$1" != -o ]; do shift; done; printf "#!/bin/sh\necho 10000 7854 0.02\n" >"$2"; chmod +x "$2"'
CC=$PWD/compiler peers "$real" --rounds 1 --workers 1 rand_r
amount="--seconds 1e-6"

echo "what is missing is skipped"
CC=no-such-compiler CXX='g++ -include no-such-header' peers "$real" --rounds 1 --workers 1 rand_r mt19937_64 mkl_philox

echo "a peer that counts wrong, one that says something else, one that ends badly"
# shellcheck disable=SC2016
stand_in compiler 'while [ "$1" != -o ]; do shift; done; printf "#!/bin/sh\n%s\n" "$PROGRAM" >"$2"; chmod +x "$2"'
for program in 'echo 10000 7000 0.02' 'echo 10000 7854 0.02; echo more' 'echo 10000 7854 0.02; exit 1'; do
    PROGRAM=$program CC=$PWD/compiler peers "$real" --rounds 1 --workers 1 rand_r
done

echo "mcpi that counts wrong, always and when it is timed"
stand_in always "'$real' \"\$@\" | sed -E 's/\"hits\":[0-9]+/\"hits\":1/'"
stand_in timed "case \$* in *-T*) ./always \"\$@\" ;; *) exec '$real' \"\$@\" ;; esac"
peers "$PWD/always" --rounds 1 --workers 1 pure-serial
peers "$PWD/timed" --rounds 1 --workers 1 pure-serial
peers "$PWD/no-such-mcpi" --rounds 1 --workers 1 pure-serial
peers "$real" no-such-peer
peers "$real" --darts 1e6
peers "$real" --install numpy,scipy
peers "$real" --plot picture.pdf
peers "$real" --workers 1,0
