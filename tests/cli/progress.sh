# On a terminal only, unless asked for; in a log one line now and then, without carriage returns.
mcpi -d cpu -T 700ms >/dev/null
mcpi -d cpu -T 700ms --progress never >/dev/null
mcpi -d cpu -T 700ms --progress always -q >/dev/null
mcpi -d cpu -T 700ms --progress always 2>&1 >/dev/null | tr '\r' '!' |
    sed -E 's/\[=*>? *\] +[0-9]+ %  .* left  pi 3\.1[0-9]* \+- .*/BAR/' | uniq
