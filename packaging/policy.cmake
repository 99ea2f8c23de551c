# Run by cpack before it makes the packages, after everything is in CPACK_TEMPORARY_DIRECTORY. Adds what the policies of Debian and Fedora
# want in packages, and an installation by hand does not have.

function(mcpi_compress_manual share)
  file(GLOB pages ${share}/man/man*/*.[0-9])
  if(pages)
    execute_process(COMMAND gzip -9nf ${pages} COMMAND_ERROR_IS_FATAL ANY)
  endif()
endfunction()

# In each deb the licence as "copyright", and a changelog in Debian's format. Its date is SOURCE_DATE_EPOCH, if that is set.
function(mcpi_debian_documents folder package)
  string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
  file(WRITE ${folder}/changelog
       "${package} (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n  * CHANGELOG.md of the package mcpi has the changes.\n\n"
       " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  execute_process(COMMAND gzip -9nf ${folder}/changelog COMMAND_ERROR_IS_FATAL ANY)
  file(COPY ${CPACK_RESOURCE_FILE_LICENSE} DESTINATION ${folder})
  file(RENAME ${folder}/LICENSE ${folder}/copyright)
endfunction()

# Put back what generator.cmake has kept.
file(GLOB overwritten ${mcpi_build}/install_manifest*.txt ${mcpi_build}/installed_prefix)
file(GLOB records ${mcpi_build}/CMakeFiles/records/*)
file(REMOVE ${overwritten})
file(COPY ${records} DESTINATION ${mcpi_build})
file(REMOVE_RECURSE ${mcpi_build}/CMakeFiles/records)

# Whatever the umask and the permissions of the sources are, everybody may read.
function(mcpi_let_all_read)
  execute_process(COMMAND chmod -R u=rwX,go=rX ${CPACK_TEMPORARY_DIRECTORY} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

if(CPACK_GENERATOR STREQUAL "TGZ")
  mcpi_let_all_read()
  return()
endif()
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  set(share ${CPACK_TEMPORARY_DIRECTORY}/${component}/${CPACK_PACKAGING_INSTALL_PREFIX}/share)
  mcpi_compress_manual(${share})
  if(CPACK_GENERATOR STREQUAL "DEB")
    string(TOUPPER ${component} key)
    mcpi_debian_documents(${share}/doc/${CPACK_DEBIAN_${key}_PACKAGE_NAME} ${CPACK_DEBIAN_${key}_PACKAGE_NAME})
  endif()
endforeach()

# cpack adds calls of ldconfig to the scripts of a package with a shared library. The trigger that the policy wants is there, too.
if(CPACK_GENERATOR STREQUAL "DEB")
  set(package ${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME})
  file(WRITE ${CPACK_TEMPORARY_DIRECTORY}/library/${CPACK_PACKAGING_INSTALL_PREFIX}/share/lintian/overrides/${package}
       "${package}: maintscript-calls-ldconfig\n")
endif()
mcpi_let_all_read()
