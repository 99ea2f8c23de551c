foreach(name IN ITEMS affinity cuts list_darts milestones queue ranges replace selection)
  mcpi_test(test_${name} unit SOURCES core/test_${name}.cc LIBRARIES mcpi_core)
endforeach()
# Tests every backend in the table. A new one needs no line here.
mcpi_test(test_conformance unit SOURCES core/test_conformance.cc LIBRARIES mcpi_internals)
