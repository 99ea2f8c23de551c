foreach(name IN ITEMS kernels random123 probe cores cpu_backend)
  mcpi_test(test_${name} unit SOURCES test_${name}.cc LIBRARIES mcpi_cpu mcpi_base)
endforeach()
target_compile_definitions(test_kernels PRIVATE MCPI_SANITIZE="${MCPI_SANITIZE}")
