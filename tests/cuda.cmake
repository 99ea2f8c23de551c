mcpi_test(test_cuda_geometry unit SOURCES gpu/test_cuda_geometry.cc ${PROJECT_SOURCE_DIR}/cuda/geometry.c)
mcpi_test(test_cuda_coverage unit SOURCES gpu/test_cuda_coverage.cc ${PROJECT_SOURCE_DIR}/cuda/coverage.c)

mcpi_test(test_cuda_polling unit SOURCES gpu/test_cuda_polling.cc ${PROJECT_SOURCE_DIR}/cuda/polling.c)
mcpi_test(test_cuda_driver unit SOURCES gpu/test_cuda_driver.cc ${PROJECT_SOURCE_DIR}/cuda/driver.c)
mcpi_test(test_cuda_prediction unit SOURCES gpu/test_cuda_prediction.cc ${PROJECT_SOURCE_DIR}/cuda/prediction.c)
target_include_directories(test_cuda_prediction PRIVATE ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(test_cuda_prediction PRIVATE "MCPI_GPU_PAGE=\"${PROJECT_SOURCE_DIR}/docs/gpu.md\"")
mcpi_test(test_arithmetic unit SOURCES gpu/test_arithmetic.cc)

mcpi_test(test_cuda_absent unit SOURCES gpu/test_cuda_absent.cc ${PROJECT_SOURCE_DIR}/cuda/absent.c LIBRARIES mcpi_core)
target_compile_definitions(test_cuda_absent PRIVATE "MCPI_NO_CUDA=\"nobody looked\"")

# The predictions of docs/gpu.md follow from the budgets of the compiled kernels.
add_test(NAME cuda.predictions COMMAND ${PROJECT_SOURCE_DIR}/tests/gpu/sass_budget --document
                                       ${PROJECT_SOURCE_DIR}/docs/gpu.md)
set_tests_properties(cuda.predictions PROPERTIES LABELS unit TIMEOUT 60)

if(NOT MCPI_HAVE_CUDA)
  return()
endif()

# Compiles cuRAND's device code for the host. Some of its headers are in cccl.
mcpi_test(test_curand unit SOURCES gpu/test_curand.cc)
target_include_directories(test_curand SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS} ${CUDAToolkit_INCLUDE_DIRS}/cccl)

# mcpi_sass_test(NAME TARGET FILE LOOPS...): the loops in one object of a target have the instructions of sass.tsv.
function(mcpi_sass_test name target file)
  add_test(NAME ${name} COMMAND ${PROJECT_SOURCE_DIR}/tests/gpu/sass_budget --nvcc ${CMAKE_CUDA_COMPILER_VERSION}
                                $<FILTER:$<TARGET_OBJECTS:${target}>,INCLUDE,/${file}> ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 60)
endfunction()

foreach(name IN ITEMS integer fp32_test fp64_product curand)
  mcpi_sass_test(cuda.sass_budget.${name} mcpi_cuda ${name}.cu count_${name})
endforeach()
add_test(NAME cuda.sass_order COMMAND ${PROJECT_SOURCE_DIR}/tests/gpu/sass_budget --order
                                      $<FILTER:$<TARGET_OBJECTS:mcpi_cuda>,INCLUDE,\\.cu\\.>
         COMMAND_EXPAND_LISTS)
set_tests_properties(cuda.sass_order PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 240)

# The same source in the same folder gives the same object: nothing in it is named after the process of nvcc.
add_test(NAME cuda.object_names
         COMMAND sh -c [[! grep -aoh "tmpxft_[0-9a-z_.-]*" "$@" && cat "$@" >/dev/null]] sh $<TARGET_OBJECTS:mcpi_cuda>
         COMMAND_EXPAND_LISTS)
set_tests_properties(cuda.object_names PROPERTIES LABELS unit TIMEOUT 60)

mcpi_test(test_cuda_backend gpu SOURCES gpu/test_cuda_backend.cc LIBRARIES mcpi_cuda mcpi_core)

if(NOT TARGET mcpi_cuda_sim)
  message(STATUS "mcpi: no tests on simulated GPUs: ${MCPI_NO_SIMULATOR}")
  add_test(NAME cuda_sim COMMAND ${CMAKE_COMMAND} -E echo "skipped: ${MCPI_NO_SIMULATOR}")
  set_tests_properties(cuda_sim PROPERTIES LABELS gpu SKIP_REGULAR_EXPRESSION "^skipped")
  return()
endif()

add_subdirectory(simcuda)

# The same program, and one about faults, on simulated devices.
foreach(name IN ITEMS test_cuda_backend test_cuda_faults)
  add_executable(${name}_sim gpu/${name}.cc)
  target_compile_definitions(${name}_sim PRIVATE MCPI_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${name}_sim PRIVATE mcpi_cuda_sim mcpi_core Threads::Threads GTest::gtest GTest::gtest_main)
endforeach()

# mcpi_sim_test(NAME PROGRAM FILTER OPTIONS...): the cases of a program that FILTER matches, on simulated devices. No case
# may be skipped, and nothing may leak.
function(mcpi_sim_test name program filter)
  add_test(NAME cuda_sim.${name}
           COMMAND ${SIMCUDA} --report ${ARGN} -- $<TARGET_FILE:${program}>
                   --gtest_filter=${filter} --gtest_brief=1)
  set_tests_properties(cuda_sim.${name} PROPERTIES LABELS gpu TIMEOUT 120
                       ENVIRONMENT TSAN_OPTIONS=ignore_noninstrumented_modules=1
                       FAIL_REGULAR_EXPRESSION " 0 tests from;SKIPPED;report: leak;report: misuse;pending at exit")
endfunction()

# The memory of a GPU that misses its deadline is not freed, which counts as a leak here. CloseOfHungDevice tests that.
mcpi_sim_test(one_device test_cuda_backend_sim -*EdgeDarts*:*MissedDeadline* --devices 1 --poison --delay 2 --copy-delay 5)
mcpi_sim_test(two_devices test_cuda_backend_sim -*MissedDeadline* --devices 2 --poison --shuffle-streams)
mcpi_sim_test(three_devices test_cuda_backend_sim -*MissedDeadline* --devices 3 --order shuffle --undefined-fails)

function(mcpi_fault_test case)
  mcpi_sim_test(${case} test_cuda_faults_sim CudaFaults.${case} ${ARGN})
endfunction()

mcpi_fault_test(NoDevice --devices 0)
mcpi_fault_test(NoDriver --driver none)
mcpi_fault_test(OldDriver --driver old)
mcpi_fault_test(ProhibitedGpu --devices 2 --prohibited 1)
mcpi_fault_test(CountingDevicesFails
  --fail call=cudaGetDeviceCount,error=cudaErrorInitializationError,times=0)
mcpi_fault_test(DescribingFails --devices 5
  --fail call=cuDeviceGetName,dev=0
  --fail call=cuDeviceGetUuid,dev=1
  --fail call=cuDeviceTotalMem,dev=2
  --fail call=cudaDeviceGetAttribute,nth=17,error=cudaErrorUnknown,sticky=0) # the second attribute of the fourth GPU
mcpi_fault_test(PartitionedGpu --devices 2 --mig 1g.10gb)
mcpi_fault_test(SlowFp64 --fp64-ratio 32)
mcpi_fault_test(FastFp64 --fp64-ratio 2)
mcpi_fault_test(UnknownFp64 --fail call=cudaDeviceGetAttribute,nth=1,error=cudaErrorUnknown,sticky=0)
mcpi_fault_test(StoppedProcessIsNoHang --delay 400)
mcpi_fault_test(TooOldGpu --cc 7.0)
mcpi_fault_test(PredictedBound --cc 9.0 --sms 132 --fp64-ratio 2)
mcpi_fault_test(PredictedBoundWithoutFp64 --cc 8.6 --fp64-ratio 64)
mcpi_fault_test(UnknownBound --cc 12.9)
mcpi_fault_test(UnknownClock --fail call=cudaDeviceGetAttribute,nth=6,error=cudaErrorUnknown,sticky=0) # the first after the list of GPUs
set(no_memory error=cudaErrorMemoryAllocation,sticky=0)
mcpi_fault_test(OpenFails
  --fail call=cudaSetDevice,${no_memory}
  --fail call=cudaFree,nth=3,${no_memory} # the first two are those that clean up after cudaSetDevice
  --fail call=cudaStreamCreateWithFlags,${no_memory}
  --fail call=cudaEventCreate,nth=2,${no_memory}
  --fail call=cudaMalloc,nth=2,${no_memory}
  --fail call=cudaMallocHost,nth=2,${no_memory}
  --fail call=cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags,${no_memory})
mcpi_fault_test(LaunchFails --devices 2
  --fail dev=1,call=cudaLaunchKernel,nth=2,error=cudaErrorLaunchOutOfResources)
mcpi_fault_test(CopyFails --fail call=cudaMemcpyAsync,nth=2,error=cudaErrorInvalidValue)
mcpi_fault_test(KernelFails --devices 2 --fail kind=kernel,dev=0,nth=2,error=cudaErrorECCUncorrectable)
mcpi_fault_test(DeviceHangs --devices 2 --fail kind=hang,dev=0,nth=2)
mcpi_fault_test(CloseOfHungDevice --fail kind=hang,nth=1)
mcpi_fault_test(AbandonsHungDevice --fail kind=hang,nth=2)
mcpi_fault_test(CardFallsOffTheBus --devices 2 --fail call=*,dev=0,nth=60,times=0,error=cudaErrorUnknown)
