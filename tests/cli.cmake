foreach(name IN ITEMS quantity options report)
  mcpi_test(test_${name} unit SOURCES test_${name}.cc LIBRARIES mcpi_cli libmcpi)
endforeach()
target_link_libraries(test_report PRIVATE PkgConfig::json-c)

# mcpi_cli_tests(PREFIX FOLDER PROGRAM LABEL): a ctest for each script in a folder.
function(mcpi_cli_tests prefix folder program label)
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.sh)
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    add_test(NAME ${prefix}.${name}
             COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/run --cases ${CMAKE_CURRENT_SOURCE_DIR}/${folder} $<TARGET_FILE:${program}>
                     ${name})
    set_tests_properties(${prefix}.${name} PROPERTIES LABELS ${label} TIMEOUT 120 SKIP_RETURN_CODE 77)
  endforeach()
endfunction()

mcpi_cli_tests(cli cli mcpi cli)

# The whole program on simulated GPUs.
if(TARGET mcpi_sim)
  mcpi_cli_tests(sim sim mcpi_sim gpu)
  get_property(tests DIRECTORY PROPERTY TESTS)
  list(FILTER tests INCLUDE REGEX "^sim\\.")
  set_tests_properties(${tests} PROPERTIES ENVIRONMENT "SIMCUDA=${MCPI_SIMCUDA}/simcuda;NVCC=${CMAKE_CUDA_COMPILER}")
endif()
