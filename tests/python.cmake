# The Python package: a wheel from its source distribution, installed in an environment of its own, and its tests. What they
# need is fetched by bindings/python/tests/make_venv.sh; without it they are skipped.
if(MCPI_SANITIZE)
  return()
endif()
set(package ${PROJECT_SOURCE_DIR}/bindings/python)
set(folder ${CMAKE_CURRENT_BINARY_DIR}/python)
add_test(NAME python.install COMMAND ${package}/tests/install_wheel.sh ${PROJECT_SOURCE_DIR}/build/python ${folder})
set_tests_properties(python.install PROPERTIES FIXTURES_SETUP python PROCESSORS 2 TIMEOUT 900)

# mcpi_python_test(NAME ARGUMENT...): of python in this environment.
function(mcpi_python_test name)
  add_test(NAME python.${name} COMMAND ${package}/tests/in_venv.sh ${folder}/venv ${ARGN})
  set_tests_properties(python.${name} PROPERTIES FIXTURES_REQUIRED python TIMEOUT 600)
endfunction()

set(pytest -m pytest -q -p no:cacheprovider)
mcpi_python_test(tests ${pytest} ${package}/tests --ignore ${package}/tests/test_chapter.py)
mcpi_python_test(chapter ${pytest} ${package}/tests/test_chapter.py)
mcpi_python_test(types -m mypy --strict --cache-dir ${folder}/mypy -p mcpi)
set_tests_properties(python.install python.tests python.chapter python.types PROPERTIES LABELS python SKIP_RETURN_CODE 77)

# The library with simulated GPUs.
if(TARGET mcpi_cuda_sim)
  get_target_property(parts mcpi_internals LINK_LIBRARIES)
  list(REMOVE_ITEM parts mcpi_cuda)
  add_library(mcpi_python_sim SHARED)
  target_link_libraries(mcpi_python_sim PRIVATE ${parts} mcpi_cuda_sim)
  set_target_properties(mcpi_python_sim PROPERTIES LINKER_LANGUAGE C BUILD_RPATH "" SKIP_BUILD_RPATH ON)
  set_tests_properties(python.tests PROPERTIES ENVIRONMENT "SIMCUDA=${SIMCUDA};MCPI_SIM_LIBRARY=$<TARGET_FILE:mcpi_python_sim>")
endif()
