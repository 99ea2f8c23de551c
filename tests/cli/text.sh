# What a person sees, with the clock's figures and this machine's names made equal.
mcpi -d cpu -t 2 --kernel scalar -n 1e6 | sed -E \
    -e 's/^(cpu .*%)  *[0-9.e]+  .*/\1  RATE  NAME/'  -e 's/[0-9.]+ %  RATE/BUSY  RATE/' -e 's/^time .*/time/'
