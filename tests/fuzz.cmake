# Fuzz tests of all readers. The preset fuzz uses libFuzzer, for any length of time. Other builds use a driver that runs the
# corpus and some thousand mutations of it.
set(MCPI_FUZZ_SECONDS 10 CACHE STRING "Preset fuzz: how long ctest runs each fuzzer")

# mcpi_fuzz(NAME LIBRARIES...)
function(mcpi_fuzz name)
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/fuzz)
  set(dictionary ${folder}/${name}.dict)
  add_executable(fuzz_${name} fuzz/fuzz_${name}.cc)
  target_include_directories(fuzz_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(fuzz_${name} PRIVATE ${ARGN} mcpi_common Threads::Threads)
  if(MCPI_SANITIZE MATCHES fuzzer)
    set(found ${PROJECT_BINARY_DIR}/fuzz/${name}) # inputs that reach something new, kept for the next time
    file(MAKE_DIRECTORY ${found})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME fuzz.${name}
             COMMAND fuzz_${name} -max_total_time=${MCPI_FUZZ_SECONDS} -timeout=5 -rss_limit_mb=1024 -max_len=4096
                     -dict=${dictionary} -artifact_prefix=${found}- -print_final_stats=1 ${found} ${folder}/corpus/${name})
    math(EXPR timeout "${MCPI_FUZZ_SECONDS} + 60")
  else()
    target_sources(fuzz_${name} PRIVATE fuzz/driver.cc)
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${folder}/corpus/${name})
    set(timeout 60)
  endif()
  # If a sanitizer ends the program by a signal, the driver can save the input.
  set_tests_properties(fuzz.${name} PROPERTIES LABELS "unit;fuzz" TIMEOUT ${timeout}
                       ENVIRONMENT "ASAN_OPTIONS=abort_on_error=1;UBSAN_OPTIONS=abort_on_error=1:print_stacktrace=1")
endfunction()

mcpi_fuzz(options mcpi_cli mcpi_internals)
mcpi_fuzz(quantities mcpi_cli mcpi_internals)
mcpi_fuzz(checkpoint mcpi_save mcpi_core)
if(json-c_FOUND)
  mcpi_fuzz(result mcpi_cli mcpi_internals)
  mcpi_fuzz(saved_sweep mcpi_cli mcpi_internals)
endif()

# Builds only the fuzz targets.
add_custom_target(fuzzers)
foreach(name IN ITEMS options quantities checkpoint result saved_sweep)
  if(TARGET fuzz_${name})
    add_dependencies(fuzzers fuzz_${name})
  endif()
endforeach()
