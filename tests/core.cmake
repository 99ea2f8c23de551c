foreach(name IN ITEMS affinity milestones queue ranges replace)
  mcpi_test(test_${name} unit SOURCES core/test_${name}.cc LIBRARIES mcpi_core)
endforeach()
