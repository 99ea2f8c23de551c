# Manual pages and completions.
if(NOT TARGET mcpi-manual OR CMAKE_CROSSCOMPILING)
  return()
endif()
mcpi_test(test_manual unit SOURCES manual/test_manual.cc LIBRARIES mcpi_manual mcpi_cli mcpi_internals)
target_compile_definitions(test_manual PRIVATE MCPI_SOURCES="${PROJECT_SOURCE_DIR}")

mcpi_cli_tests(manual manual $<TARGET_FILE:mcpi> cli)
get_property(tests DIRECTORY PROPERTY TESTS)
list(FILTER tests INCLUDE REGEX "^manual\\.")
set_tests_properties(${tests} PROPERTIES ENVIRONMENT "MANUAL=${PROJECT_BINARY_DIR}/manual;SOURCES=${PROJECT_SOURCE_DIR}")

# The example of the manual page.
add_executable(first_run ${PROJECT_SOURCE_DIR}/examples/library/first_run.c)
target_link_libraries(first_run PRIVATE libmcpi_static)
add_test(NAME manual.example COMMAND first_run)
set_tests_properties(manual.example PROPERTIES LABELS cli TIMEOUT 60
                     PASS_REGULAR_EXPRESSION "^hits: 7854924\npi = 3.1420 \\+- 0.0005\n$")
