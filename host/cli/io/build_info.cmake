# What build_info.c says about the build. Nothing here may hold a path: two folders give the same program.

# The commit becomes one generated header, which only build_info.c includes: a new commit rebuilds nothing else.
set(mcpi_generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
add_custom_target(mcpi_commit
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DHEADER=${mcpi_generated}/build_commit.h
                           -P ${CMAKE_CURRENT_SOURCE_DIR}/io/build_commit.cmake
  BYPRODUCTS ${mcpi_generated}/build_commit.h VERBATIM)
add_dependencies(mcpi_cli mcpi_commit)

# Options that name a folder, and quotes, are left out.
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
separate_arguments(flags UNIX_COMMAND "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}}")
list(FILTER flags EXCLUDE REGEX "[/\\\\\"]")
if(MCPI_SANITIZE)
  list(APPEND flags -fsanitize=${MCPI_SANITIZE})
endif()
list(JOIN flags " " flags)

set(facts MCPI_BUILD_COMPILER="${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}"
          MCPI_BUILD_TYPE="${CMAKE_BUILD_TYPE}" MCPI_BUILD_FLAGS="${flags}")
if(MCPI_HAVE_CUDA)
  list(JOIN CMAKE_CUDA_ARCHITECTURES ", " architectures)
  list(APPEND facts MCPI_BUILD_CUDA="${CMAKE_CUDA_COMPILER_VERSION}" MCPI_BUILD_ARCHITECTURES="${architectures}")
else()
  list(APPEND facts MCPI_BUILD_CUDA="" MCPI_BUILD_ARCHITECTURES="")
endif()
set(nvtx_version)
if(MCPI_NVTX_INCLUDE)
  file(STRINGS ${MCPI_NVTX_INCLUDE}/nvtx3/nvToolsExt.h nvtx_version REGEX "^#define NVTX_VERSION ")
  string(REGEX MATCH "[0-9]+" nvtx_version "${nvtx_version}")
endif()
list(APPEND facts MCPI_BUILD_NVTX="${nvtx_version}" MCPI_BUILD_WITH_JSON_C=$<BOOL:${json-c_FOUND}>
                  MCPI_BUILD_WITH_HWLOC=$<BOOL:${MCPI_HWLOC}>)
set(folders ${mcpi_generated})
if(MCPI_HWLOC)
  list(APPEND folders ${MCPI_HWLOC_INCLUDE})
endif()
set_source_files_properties(io/build_info.c PROPERTIES COMPILE_DEFINITIONS "${facts}" INCLUDE_DIRECTORIES "${folders}")
