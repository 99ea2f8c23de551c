mcpi_test(test_replace unit SOURCES test_replace.cc LIBRARIES mcpi_core)
