# The picture does not depend on the user's gnuplot settings, nor on standard streams that are closed.
command -v gnuplot >/dev/null || { echo "no gnuplot"; exit 77; }
export SOURCE_DATE_EPOCH=0
unset GNUTERM
mcpi board -q -n 10 --plot usual.svg
draw() { # draw COMMAND...
    rm -f picture.svg
    "$@" board -q -n 10 --plot picture.svg
    local code=$?
    [ "$code" -eq 0 ] && cmp picture.svg usual.svg || echo "$*: exit code $code"
}
for setting in GNUTERM=x11 GNUTERM=nonsense GNUTERM= GNUTERM=dumb GNUTERM='svg size 3,3' GNUPLOT_DEFAULT_GDFONT=/nowhere \
    GDFONTPATH=/nowhere GNUPLOT_FONTPATH=/nowhere GNUPLOT_DRIVER_DIR=/nowhere GNUPLOT_LIB=/nowhere GNUPLOT_PS_DIR=/nowhere \
    TERM= TERM=nonsense DISPLAY=:77 LC_ALL=nonsense LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 HOME=/nowhere XDG_CACHE_HOME=/nowhere TZ=nonsense; do
    draw env "$setting" mcpi
done
mkdir home
echo "set terminal x11; set output 'stolen'; exit" | tee home/.gnuplot >home/.gnuplotrc
draw env HOME="$PWD/home" mcpi
draw env -u HOME mcpi
echo "-- streams"
(trap '' PIPE; draw mcpi)
(trap '' CHLD; draw mcpi)
draw mcpi <&-
draw mcpi >&-
draw mcpi 2>&-
draw mcpi <&- >&- 2>&-
(ulimit -n 12; draw mcpi)
echo "-- png"
for setting in GNUTERM=x11 GNUPLOT_DEFAULT_GDFONT=/nowhere; do
    env "$setting" mcpi board -q -n 10 --plot picture.png && head -c 4 picture.png | tail -c 3
done
ls
