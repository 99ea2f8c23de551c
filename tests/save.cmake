foreach(name IN ITEMS save merge)
  mcpi_test(test_${name} unit SOURCES save/test_${name}.cc LIBRARIES mcpi_save mcpi_core)
endforeach()
target_link_options(test_merge PRIVATE LINKER:--wrap=mcpi_state_new)

if(NOT CMAKE_CROSSCOMPILING)
  if(MCPI_SANITIZE)
    set(kills 40) # each start takes several times as long
  else()
    set(kills 200)
  endif()
  add_test(NAME kill COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/save/kill.sh $<TARGET_FILE:mcpi> ${kills})
  set_tests_properties(kill PROPERTIES LABELS cli TIMEOUT 300)
endif()
