# The text output, with times and the names of this machine replaced.
mcpi -d cpu -t 2 --kernel scalar -n 1e6 | sed -E \
    -e 's/^(cpu .*%)  *[0-9.e]+  .*/\1  RATE  NAME/'  -e 's/[0-9.]+ %  RATE/BUSY  RATE/' -e 's/^time .*/time/'
