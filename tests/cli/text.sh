# The text output, with times and the names of this machine replaced.
mcpi -d cpu -t 2 --kernel scalar -n 1e6 | sed -E \
    -e 's/^.*, scalar:$/NAME, scalar:/' -e 's/^(cpu .*%)  *[0-9.]+ %  *[0-9.e]+$/\1  BUSY  RATE/' -e 's/^time .*/time/'
