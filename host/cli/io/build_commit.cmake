# Writes the commit of the checkout SOURCE to HEADER, if it has changed: cmake -DSOURCE=... -DHEADER=... -P build_commit.cmake
# Empty outside of a checkout, without git, and in a folder of another project's checkout.
set(commit)
find_program(git git)
if(git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --show-prefix
                  RESULT_VARIABLE outside OUTPUT_VARIABLE prefix ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT outside AND NOT prefix)
    execute_process(COMMAND ${git} -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                    OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
endif()
set(text "#define MCPI_BUILD_COMMIT \"${commit}\"\n")
set(old)
if(EXISTS ${HEADER})
  file(READ ${HEADER} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${HEADER} "${text}")
endif()
