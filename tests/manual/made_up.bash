# Sourced by the cases: a program with made-up devices, because a test must not depend on those of the machine, and files. The
# program may be the script ./mcpi of a checkout, which must not build then.
cat >listing <<'END'
device    kernel        units      memory  name
cpu       avx2              2           -  A CPU
gpu:0     fp32            100      16 GiB  A GPU
gpu:1     fp32            100      16 GiB  A GPU
gpu:2     cannot count: it is broken

kernels of cpu
scalar       can run
avx2         can run, 7.64e8 darts/s on one core by the self-test
neon         cannot run: this CPU has no NEON

kernels of gpu:0
fp32         can run
END
mkdir -p bin/real pictures
ln -s "$(command -v mcpi)" bin/real/mcpi
printf '#!/bin/sh\n[ "$*,$MCPI_BUILD" = devices,0 ] && cat "%s"\n' "$PWD/listing" >bin/mcpi
chmod +x bin/mcpi
PATH=$PWD/bin:$PATH
touch a.json 'b c.json' x.svg y.png z.txt
