# The GPU benchmarks: their computations on the host, their compiled code, and their results on simulated devices. The CPU
# peers: their script, which compiles them and so takes longer than a unit test.
if(NOT CMAKE_CROSSCOMPILING)
  mcpi_cli_tests(benchmarks benchmarks $<TARGET_FILE:mcpi> benchmarks peers peers_plot)
  set_tests_properties(benchmarks.peers benchmarks.peers_plot PROPERTIES ENVIRONMENT "PEERS=${PROJECT_SOURCE_DIR}/benchmarks/peers/compare_peers")
endif()

if(TARGET bench_sharing)
  mcpi_cli_tests(benchmarks benchmarks $<TARGET_FILE:mcpi> benchmarks sharing)
  set_tests_properties(benchmarks.sharing PROPERTIES ENVIRONMENT SHARING=$<TARGET_FILE:bench_sharing>)
endif()

# The processing of measurements, with made-up ones.
set(accept ACCEPT=${PROJECT_SOURCE_DIR}/benchmarks/gpu/accept)
if(NOT CMAKE_CROSSCOMPILING)
  mcpi_cli_tests(benchmarks benchmarks $<TARGET_FILE:mcpi> benchmarks publish model sizes)
  set_tests_properties(benchmarks.publish benchmarks.model benchmarks.sizes PROPERTIES ENVIRONMENT ${accept})
endif()
mcpi_test(test_speed_verdict unit SOURCES benchmarks/test_speed_verdict.cc)

if(NOT TARGET bench_gpu)
  return()
endif()

add_test(NAME benchmarks.sass_pure COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/gpu/sass_pure
                                           $<FILTER:$<TARGET_OBJECTS:bench_gpu>,INCLUDE,/issue_rate.cu>)
set_tests_properties(benchmarks.sass_pure PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 60)

if(NOT TARGET bench_gpu_sim)
  return()
endif()

add_executable(test_pairs_sim gpu/test_pairs.cc)
target_link_libraries(test_pairs_sim PRIVATE bench_gpu_sim mcpi_cuda_sim mcpi_core GTest::gtest GTest::gtest_main)
mcpi_sim_test(pairs test_pairs_sim *)

mcpi_cli_tests(benchmarks benchmarks $<TARGET_FILE:mcpi_sim> gpu ladder roofline accept rehearsal)
set_tests_properties(benchmarks.ladder benchmarks.roofline benchmarks.accept benchmarks.rehearsal PROPERTIES TIMEOUT 300
  ENVIRONMENT "${accept};SIMCUDA=${SIMCUDA};LADDER=$<TARGET_FILE:bench_ladder_sim>;ROOFLINE=$<TARGET_FILE:bench_roofline_sim>;BARE_CONTEXT=$<TARGET_FILE:bare_context_sim>")
