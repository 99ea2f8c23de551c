# A fake NVML under the name that the program loads.
add_library(fake_nvml SHARED stress/fake_nvml.c)
target_link_libraries(fake_nvml PRIVATE mcpi_common)
set_target_properties(fake_nvml PROPERTIES OUTPUT_NAME nvidia-ml SOVERSION 1 LIBRARY_OUTPUT_DIRECTORY fake_nvml)
mcpi_test(test_sensors unit SOURCES stress/test_sensors.cc LIBRARIES mcpi_sensors mcpi_core)
target_compile_definitions(test_sensors PRIVATE "MCPI_FAKE_NVML=\"$<TARGET_FILE:fake_nvml>\"")
add_dependencies(test_sensors fake_nvml)
mcpi_test(test_energy unit SOURCES sensors/test_energy.cc LIBRARIES mcpi_sensors mcpi_core)
target_compile_definitions(test_energy PRIVATE "MCPI_FAKE_NVML=\"$<TARGET_FILE:fake_nvml>\"")
add_dependencies(test_energy fake_nvml)
mcpi_test(test_run_clock unit
          SOURCES core/test_run_clock.cc LIBRARIES mcpi_stress mcpi_sensors mcpi_engine mcpi_process mcpi_stats mcpi_core)
target_link_options(test_run_clock PRIVATE LINKER:--wrap=mcpi_seconds)
mcpi_test(test_stop_at_once unit
          SOURCES engine/test_stop_at_once.cc LIBRARIES mcpi_stress mcpi_sensors mcpi_engine mcpi_process mcpi_stats mcpi_core)
mcpi_test(test_stress unit SOURCES stress/test_stress.cc LIBRARIES mcpi_stress mcpi_sensors mcpi_engine mcpi_process mcpi_stats mcpi_core)
target_compile_definitions(test_stress PRIVATE "MCPI_FAKE_NVML=\"$<TARGET_FILE:fake_nvml>\"")
add_dependencies(test_stress fake_nvml)
mcpi_test(test_random_testers unit
          SOURCES stress/test_random_testers.cc LIBRARIES mcpi_stress mcpi_sensors mcpi_engine mcpi_process mcpi_stats mcpi_core)
target_link_options(test_random_testers PRIVATE LINKER:--wrap=mcpi_seconds)
