set(names kernels probe cores cpus order cpu_backend)
if(NOT CMAKE_CROSSCOMPILING)
  list(APPEND names random123)
endif()
foreach(name IN LISTS names)
  mcpi_test(test_${name} unit SOURCES test_${name}.cc LIBRARIES mcpi_cpu mcpi_base)
endforeach()

# The order of CPUs, also as it is where there is no hwloc.
if(MCPI_HWLOC)
  target_compile_definitions(test_order PRIVATE MCPI_WITH_HWLOC)
  mcpi_test(test_order_absent unit LIBRARIES mcpi_base
            SOURCES test_order.cc ${PROJECT_SOURCE_DIR}/host/cpu/order.c ${PROJECT_SOURCE_DIR}/host/cpu/cores.c
                    ${PROJECT_SOURCE_DIR}/host/cpu/topology_absent.c)
endif()

# The longest golden counts are for what counts fast.
set(most_darts UINT64_MAX)
if(CMAKE_CROSSCOMPILING)
  set(most_darts 10000000) # emulated
elseif(MCPI_SANITIZE)
  set(most_darts 1000000000)
endif()
target_compile_definitions(test_kernels PRIVATE MCPI_MOST_DARTS=${most_darts})

# Instructions a dart, with what gcc 12 and clang 14 make; sanitizers add their own.
add_executable(count_darts count_darts.c)
target_link_libraries(count_darts PRIVATE mcpi_cpu mcpi_base mcpi_common)
function(mcpi_instruction_budget kernel instructions)
  add_test(NAME instruction_budget.${kernel}
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/instruction_budget $<TARGET_FILE:count_darts> ${kernel} ${instructions})
  set_tests_properties(instruction_budget.${kernel} PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 120)
endfunction()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND NOT MCPI_SANITIZE)
  mcpi_instruction_budget(scalar 66.5)
  mcpi_instruction_budget(avx2 11.2)
endif()
