# Toolchain file of the preset "portable": the compilers of this machine, and the C library, json-c and hwloc of build/sysroot, which
# packaging/portable makes.
get_filename_component(CMAKE_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../build/sysroot ABSOLUTE)
# gcc searches the folder of the machine's C library before those of the sysroot, but after those of -B. Its own library
# is linked statically, because the sysroot has none. CMake adds the sysroot where C is linked, but not where CUDA is.
set(CMAKE_EXE_LINKER_FLAGS_INIT
    "--sysroot=${CMAKE_SYSROOT} -B${CMAKE_SYSROOT}/usr/lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu -static-libgcc")
set(CMAKE_CUDA_FLAGS_INIT -Xcompiler=--sysroot=${CMAKE_SYSROOT})
