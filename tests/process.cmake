# A worker program with fake devices.
add_executable(fake_worker process/fake_worker.cc)
target_link_libraries(fake_worker PRIVATE mcpi_process mcpi_core mcpi_common Threads::Threads)
mcpi_test(test_worker_processes unit SOURCES process/test_worker_processes.cc LIBRARIES mcpi_internals)
target_compile_definitions(test_worker_processes PRIVATE "FAKE_WORKER=\"$<TARGET_FILE:fake_worker>\""
                                                         "MCPI_WORKER=\"$<TARGET_FILE:mcpi-worker>\"")
target_link_options(test_worker_processes PRIVATE LINKER:--wrap=mcpi_child_send,--wrap=mcpi_child_receive)
add_dependencies(test_worker_processes fake_worker mcpi-worker)

add_test(NAME kill_workers COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/process/kill_workers.sh $<TARGET_FILE:mcpi> 20)
set_tests_properties(kill_workers PROPERTIES LABELS cli TIMEOUT 300 SKIP_RETURN_CODE 77)
