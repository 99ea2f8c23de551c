# The kernels that an Arm CPU can run depend on its vectors, and all count the same. x86 kernels are never available.
count() {
    mcpi -d cpu --json -n 1000003 --first 5 -s 0xffffffffffffffff --stream 0xffffffffffffffff "$@" 2>&1 |
        sed 's/,"complete".*//'
    echo "exit code ${PIPESTATUS[0]}"
}
for cpu in cortex-a72 max,sve-default-vector-length=16 max,sve-default-vector-length=32; do
    export QEMU_CPU=$cpu
    echo "-- $cpu"
    mcpi devices | sed -n '/^kernels of cpu/,$p'
    for kernel in neon sve2 avx2; do count --kernel $kernel; done
done
