# mcpi-mpi under mpirun, on one machine and on several simulated ones.
if(NOT TARGET mcpi-mpi OR CMAKE_CROSSCOMPILING)
  return()
endif()
mcpi_test(test_assign_devices unit SOURCES cluster/test_assign_devices.cc ${PROJECT_SOURCE_DIR}/host/cluster/mpi/assign_devices.c LIBRARIES mcpi_core)
mcpi_test(test_gather unit SOURCES cluster/test_gather.cc ${PROJECT_SOURCE_DIR}/host/cluster/mpi/gather.c
          LIBRARIES mcpi_engine mcpi_process mcpi_stats mcpi_core)
if(MCPI_SANITIZE)
  return() # no MPI library is made for them; what it carries for us is in test_shared_run
endif()
set(mpi_environment "MCPI=$<TARGET_FILE:mcpi>" "MPIRUN=${MPIEXEC_EXECUTABLE}" OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    "SIMCUDA=${SIMCUDA}")
if(TARGET mcpi-mpi_sim)
  list(APPEND mpi_environment "MPI_SIM=$<TARGET_FILE:mcpi-mpi_sim>")
endif()
# Counts MPI calls. A test preloads it.
add_library(mpi_calls SHARED mpi/mpi_calls.c)
target_link_libraries(mpi_calls PRIVATE MPI::MPI_C)
list(APPEND mpi_environment "MPI_CALLS=$<TARGET_FILE:mpi_calls>")

mcpi_cli_tests(mpi mpi $<TARGET_FILE:mcpi-mpi> mpi)
get_property(tests DIRECTORY PROPERTY TESTS)
list(FILTER tests INCLUDE REGEX "^mpi\\.")
set_tests_properties(${tests} PROPERTIES ENVIRONMENT "${mpi_environment}")
set_tests_properties(mpi.keep mpi.stop mpi.requeue PROPERTIES PROCESSORS 4) # they wait for something to be counted
