set(names kernels probe cores cpu_backend)
if(NOT CMAKE_CROSSCOMPILING)
  list(APPEND names random123)
endif()
foreach(name IN LISTS names)
  mcpi_test(test_${name} unit SOURCES test_${name}.cc LIBRARIES mcpi_cpu mcpi_base)
endforeach()

# The longest golden counts are for what counts fast.
set(most_darts UINT64_MAX)
if(CMAKE_CROSSCOMPILING)
  set(most_darts 10000000) # emulated
elseif(MCPI_SANITIZE)
  set(most_darts 1000000000)
endif()
target_compile_definitions(test_kernels PRIVATE MCPI_MOST_DARTS=${most_darts})
