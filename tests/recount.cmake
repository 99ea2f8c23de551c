mcpi_test(test_recount unit SOURCES recount/test_recount.cc LIBRARIES mcpi_internals)
target_link_options(test_recount PRIVATE LINKER:--wrap=calloc)
