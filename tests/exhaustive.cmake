# Proofs by exhaustion: every possible input of an approximation. Optimised in debug builds as well; with sanitizers they
# would take an hour.
if(MCPI_SANITIZE)
  return()
endif()

# mcpi_proof(NAME SOURCES... LIBRARIES...)
function(mcpi_proof name)
  mcpi_test(${name} exhaustive ${ARGN} TIMEOUT 600) # emulated, 30 s of CPU time on a machine that may be busy
  target_compile_options(${name} PRIVATE -O3)
endfunction()

if(NOT CMAKE_CROSSCOMPILING) # an emulator is slow at floating point
  mcpi_proof(prove_high_word SOURCES exhaustive/prove_high_word.cc)
  target_compile_options(prove_high_word PRIVATE -frounding-math)
  mcpi_proof(prove_fp32_margin SOURCES exhaustive/prove_fp32_margin.cc)
endif()

set(kernels)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set(kernels neon) # the kernel for SVE2 has its test from the same header
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(kernels avx2 avx512)
  set_source_files_properties(exhaustive/prove_upper_halves_avx2.c PROPERTIES COMPILE_OPTIONS "-mavx2")
  set_source_files_properties(exhaustive/prove_upper_halves_avx512.c PROPERTIES COMPILE_OPTIONS "-mavx512f;-mavx512bw")
endif()
list(TRANSFORM kernels REPLACE "(.+)" "exhaustive/prove_upper_halves_\\1.c")
mcpi_proof(prove_upper_halves SOURCES exhaustive/prove_upper_halves.cc ${kernels} LIBRARIES mcpi_cpu mcpi_core)
