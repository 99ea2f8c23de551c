set(names kernels probe quota placement cpu_backend)
if(NOT CMAKE_CROSSCOMPILING)
  list(APPEND names random123)
endif()
foreach(name IN LISTS names)
  mcpi_test(test_${name} unit SOURCES cpu/test_${name}.cc LIBRARIES mcpi_cpu mcpi_core)
endforeach()

# With made-up clocks, and threads that the system refuses.
mcpi_test(test_bounds unit SOURCES cpu/test_bounds.cc LIBRARIES mcpi_cpu mcpi_core)
target_link_options(test_bounds PRIVATE LINKER:--wrap=mcpi_seconds,--wrap=mcpi_thread_seconds,--wrap=pthread_create)

# The placement of workers, with and without hwloc.
if(MCPI_HWLOC)
  target_compile_definitions(test_placement PRIVATE MCPI_WITH_HWLOC)
  mcpi_test(test_placement_absent unit LIBRARIES mcpi_core
            SOURCES cpu/test_placement.cc ${PROJECT_SOURCE_DIR}/host/cpu/machine/placement.c ${PROJECT_SOURCE_DIR}/host/cpu/machine/quota.c
                    ${PROJECT_SOURCE_DIR}/host/cpu/machine/topology_absent.c)
endif()

# Only fast builds run the longest golden counts.
set(most_darts UINT64_MAX)
if(CMAKE_CROSSCOMPILING)
  set(most_darts 10000000) # emulated
elseif(MCPI_SANITIZE OR MCPI_QUICK)
  set(most_darts 1000000000)
endif()
target_compile_definitions(test_kernels PRIVATE MCPI_MOST_DARTS=${most_darts})

# Instructions a dart in the code of gcc 12 and clang 14. Sanitizers add instructions.
add_executable(count_darts cpu/count_darts.c)
target_link_libraries(count_darts PRIVATE mcpi_cpu mcpi_core mcpi_common)
function(mcpi_instruction_budget kernel instructions)
  add_test(NAME instruction_budget.${kernel}
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cpu/instruction_budget $<TARGET_FILE:count_darts> ${kernel} ${instructions})
  set_tests_properties(instruction_budget.${kernel} PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 120)
endfunction()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND NOT MCPI_SANITIZE)
  mcpi_instruction_budget(scalar 66.5)
  mcpi_instruction_budget(avx2 11.2)
  # A bound is only valid if its instructions are those of the kernel. valgrind, which counts the instructions of the other
  # kernels, does not support AVX-512.
  foreach(kernel IN ITEMS avx2 avx512)
    add_test(NAME kernel_mix.${kernel}
             COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cpu/kernel_mix ${kernel}
                     $<FILTER:$<TARGET_OBJECTS:mcpi_cpu>,INCLUDE,count_${kernel}\\.c>
                     $<FILTER:$<TARGET_OBJECTS:mcpi_cpu>,INCLUDE,/bounds\\.c>)
    set_tests_properties(kernel_mix.${kernel} PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 60)
  endforeach()
endif()
