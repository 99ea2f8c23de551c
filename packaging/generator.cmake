# Read by cpack for each generator. The tar.gz has what a machine without a compiler can use: the program.
if(CPACK_GENERATOR STREQUAL "TGZ")
  set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
  set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
  set(CPACK_COMPONENTS_ALL programs)
  set(CPACK_COMPONENT_INCLUDE_TOPLEVEL_DIRECTORY ON)
endif()

# cpack installs into a folder of its own, and overwrites the records from which the target uninstall knows what to remove.
# policy.cmake puts them back.
list(GET CPACK_INSTALL_CMAKE_PROJECTS 0 mcpi_build)
file(GLOB records ${mcpi_build}/install_manifest*.txt ${mcpi_build}/installed_prefix)
file(MAKE_DIRECTORY ${mcpi_build}/CMakeFiles/records)
file(COPY ${records} DESTINATION ${mcpi_build}/CMakeFiles/records)
