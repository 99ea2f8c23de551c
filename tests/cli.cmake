foreach(name IN ITEMS quantity options expect plot trace compare_plot interrupt progress shard_numbers report_table with_error)
  mcpi_test(test_${name} unit SOURCES cli/test_${name}.cc LIBRARIES mcpi_cli mcpi_internals)
endforeach()

# A JSON library reads what the program writes. A cross compiler finds none.
foreach(name IN ITEMS origin report scaling stress_report stress_nodes read_result damage warnings machine_state saved_sweep)
  if(json-c_FOUND)
    mcpi_test(test_${name} unit SOURCES cli/test_${name}.cc LIBRARIES mcpi_cli mcpi_internals)
  else()
    add_test(NAME test_${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: no json-c (Debian: libjson-c-dev)")
    set_tests_properties(test_${name} PROPERTIES LABELS unit SKIP_REGULAR_EXPRESSION "^skipped")
  endif()
endforeach()

if(TARGET test_machine_state)
  target_compile_definitions(test_machine_state PRIVATE "MCPI_FAKE_NVML=\"$<TARGET_FILE:fake_nvml>\"")
  add_dependencies(test_machine_state fake_nvml)
endif()

# On a made-up machine.
mcpi_test(test_sweep unit SOURCES cli/test_sweep.cc LIBRARIES mcpi_cli mcpi_internals)
target_link_options(test_sweep PRIVATE LINKER:--wrap=mcpi_run,--wrap=mcpi_bound_of,--wrap=mcpi_energy_open_cpu,--wrap=mcpi_energy_open_gpu,--wrap=mcpi_list_devices,--wrap=mcpi_read_topology,--wrap=getrusage)

mcpi_test(test_node_test unit SOURCES cli/test_node_test.cc LIBRARIES mcpi_cli mcpi_internals)
target_link_options(test_node_test PRIVATE LINKER:--wrap=stress_test)
add_dependencies(threaded_tests test_interrupt test_node_test)

mcpi_test(test_read_result_absent unit
          SOURCES cli/test_read_result_absent.cc ${PROJECT_SOURCE_DIR}/host/cli/merge/read_result_absent.c
                  ${PROJECT_SOURCE_DIR}/host/cli/saved/saved_sweep_absent.c LIBRARIES mcpi_core)

# mcpi_cli_tests(PREFIX FOLDER PROGRAM LABEL [NAME...]): a ctest for each script in a folder, or for those named.
# PROGRAM is a path.
function(mcpi_cli_tests prefix folder program label)
  set(names ${ARGN})
  if(NOT names)
    file(GLOB names CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.sh)
    list(TRANSFORM names REPLACE ".*/(.*)\\.sh" "\\1")
  endif()
  foreach(name IN LISTS names)
    add_test(NAME ${prefix}.${name}
             COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/run_cases --cases ${CMAKE_CURRENT_SOURCE_DIR}/${folder} ${program} ${name})
    set_tests_properties(${prefix}.${name} PROPERTIES LABELS ${label} TIMEOUT 120 SKIP_RETURN_CODE 77)
  endforeach()
endfunction()

if(CMAKE_CROSSCOMPILING)
  set(emulated ${PROJECT_BINARY_DIR}/emulated/mcpi)
  file(GENERATE OUTPUT ${emulated}
       CONTENT "#!/bin/sh\nexec \"${CMAKE_CROSSCOMPILING_EMULATOR}\" \"$<TARGET_FILE:mcpi>\" \"$@\"\n"
       FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  mcpi_cli_tests(cli cli ${emulated} cli count devices help shards)
  mcpi_cli_tests(aarch64 aarch64 ${emulated} cli)
else()
  mcpi_cli_tests(cli cli $<TARGET_FILE:mcpi> cli)
endif()

# What a profiler receives: a small one for tests, and Nsight Systems if it is installed.
set(nvtx ${CMAKE_CURRENT_SOURCE_DIR}/engine/nvtx.sh)
if(MCPI_NVTX_INCLUDE)
  add_library(nvtx_log MODULE engine/nvtx_log.c)
  target_include_directories(nvtx_log SYSTEM PRIVATE ${MCPI_NVTX_INCLUDE})
  target_link_libraries(nvtx_log PRIVATE mcpi_common)
  add_test(NAME nvtx.cpu COMMAND ${nvtx} $<TARGET_FILE:nvtx_log> $<TARGET_FILE:mcpi> -d cpu)
  set_tests_properties(nvtx.cpu PROPERTIES LABELS cli TIMEOUT 60)
  if(NOT MCPI_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
    add_test(NAME nvtx.nsys COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/engine/nsys.sh $<TARGET_FILE:mcpi>)
    set_tests_properties(nvtx.nsys PROPERTIES LABELS cli TIMEOUT 240 SKIP_RETURN_CODE 77)
  endif()
endif()

# How often workers take the lock. Sanitizers replace the mutex.
if(NOT MCPI_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  add_library(lock_count MODULE engine/lock_count.c)
  target_link_libraries(lock_count PRIVATE mcpi_common ${CMAKE_DL_LIBS})
  add_test(NAME lock_rate COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/engine/lock_rate.sh $<TARGET_FILE:lock_count> $<TARGET_FILE:mcpi>)
  set_tests_properties(lock_rate PROPERTIES LABELS cli TIMEOUT 60)
endif()

# The whole program on simulated GPUs.
if(TARGET mcpi_sim)
  mcpi_cli_tests(sim sim $<TARGET_FILE:mcpi_sim> gpu)
  get_property(tests DIRECTORY PROPERTY TESTS)
  list(FILTER tests INCLUDE REGEX "^sim\\.")
  if(TARGET nvtx_log)
    add_test(NAME nvtx.gpu COMMAND ${nvtx} $<TARGET_FILE:nvtx_log> ${SIMCUDA} --preload --devices 2 --
                                   $<TARGET_FILE:mcpi_sim> -d gpu)
    set_tests_properties(nvtx.gpu PROPERTIES LABELS gpu TIMEOUT 60)
  endif()
  set_tests_properties(${tests} PROPERTIES ENVIRONMENT
    "SIMCUDA=${SIMCUDA};NVCC=${CMAKE_CUDA_COMPILER};FAKE_NVML=$<TARGET_FILE_DIR:fake_nvml>")
endif()
