# Writes the commit of the checkout SOURCE to HEADER, and its date, if they have changed: cmake -DSOURCE=... -DHEADER=... -P build_commit.cmake
# The commit is empty outside of a checkout, without git, and in a folder of another project's checkout. The date is then that of the
# header with the version. SOURCE_DATE_EPOCH replaces it.
set(commit)
set(date)
find_program(git git)
if(git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --show-prefix
                  RESULT_VARIABLE outside OUTPUT_VARIABLE prefix ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT outside AND NOT prefix)
    execute_process(COMMAND ${git} -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                    OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    execute_process(COMMAND ${git} -C ${SOURCE} show -s --format=%cs
                    OUTPUT_VARIABLE date ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
endif()
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  string(TIMESTAMP date %Y-%m-%d UTC)
elseif(NOT date)
  file(TIMESTAMP ${SOURCE}/include/mcpi/mcpi.h date %Y-%m-%d UTC)
endif()
set(text "#define MCPI_BUILD_COMMIT \"${commit}\"\n#define MCPI_BUILD_DATE \"${date}\"\n")
set(old)
if(EXISTS ${HEADER})
  file(READ ${HEADER} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${HEADER} "${text}")
endif()
