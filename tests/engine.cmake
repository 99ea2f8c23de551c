foreach(name IN ITEMS done queue stats scaling_laws plan engine)
  mcpi_test(test_${name} unit SOURCES test_${name}.cc LIBRARIES mcpi_engine mcpi_stats mcpi_base)
endforeach()
mcpi_test(test_run unit SOURCES test_run.cc LIBRARIES libmcpi)
