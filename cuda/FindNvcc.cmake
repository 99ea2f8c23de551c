# Finds nvcc and enables CUDA. Sets MCPI_HAVE_CUDA; where that is off, MCPI_NO_CUDA says why.
# Looks at CMAKE_CUDA_COMPILER, CUDACXX, PATH, CUDA_HOME, CUDA_PATH and /usr/local/cuda, in this order.

# What to compile for, unless the user says: this machine's GPUs, or else what GPUs there are, with PTX for those to come.
function(mcpi_default_architectures nvcc result)
  execute_process(COMMAND ${nvcc} --list-gpu-arch OUTPUT_VARIABLE listed)
  string(REGEX MATCHALL "[0-9]+" supported "${listed}")
  execute_process(COMMAND nvidia-smi --query-gpu=compute_cap --format=csv,noheader
                  OUTPUT_VARIABLE listed ERROR_QUIET TIMEOUT 20)
  string(REGEX MATCHALL "[0-9]+\\.[0-9]+" present "${listed}")
  string(REPLACE "." "" present "${present}")
  list(REMOVE_DUPLICATES present)

  set(unsupported ${present})
  list(REMOVE_ITEM unsupported ${supported})
  if(present AND NOT unsupported)
    list(TRANSFORM present APPEND "-real")
    set(${result} "${present}" PARENT_SCOPE)
    return()
  endif()
  foreach(architecture IN ITEMS 75 80 86 89 90 100 120)
    if(architecture IN_LIST supported)
      list(APPEND chosen ${architecture})
    endif()
  endforeach()
  list(POP_BACK chosen newest)
  list(TRANSFORM chosen APPEND "-real")
  set(${result} ${chosen} ${newest} PARENT_SCOPE)
endfunction()

function(mcpi_without_cuda reason)
  if(MCPI_CUDA STREQUAL "ON")
    message(FATAL_ERROR "mcpi: MCPI_CUDA is ON, but ${reason}")
  endif()
  message(STATUS "mcpi: no CUDA backend: ${reason}")
  set(MCPI_NO_CUDA "${reason}" PARENT_SCOPE)
endfunction()

set(MCPI_HAVE_CUDA OFF)

if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
  find_program(MCPI_NVCC nvcc PATHS ENV CUDA_HOME ENV CUDA_PATH /usr/local/cuda PATH_SUFFIXES bin)
  mark_as_advanced(MCPI_NVCC)
  if(NOT MCPI_NVCC)
    mcpi_without_cuda("nvcc was not found in PATH, CUDA_HOME, CUDA_PATH or /usr/local/cuda")
    return()
  endif()
  set(ENV{CUDACXX} ${MCPI_NVCC})
endif()

# enable_language stops the configuration where the compiler does not work. That is right for ON, but not for AUTO.
if(NOT MCPI_CUDA STREQUAL "ON")
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    unset(CMAKE_CUDA_COMPILER CACHE) # look again the next time
    mcpi_without_cuda("$ENV{CUDACXX} could not compile a test program (MCPI_CUDA=ON shows why)")
    return()
  endif()
elseif(NOT CMAKE_CUDA_COMPILER)
  set(CMAKE_CUDA_COMPILER $ENV{CUDACXX})
endif()

# Chosen here, but set behind enable_language, where CMake 3.22 would try the list out and fail.
if(NOT CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})
  mcpi_default_architectures(${CMAKE_CUDA_COMPILER} architectures)
endif()

enable_language(CUDA)
if(architectures)
  set(CMAKE_CUDA_ARCHITECTURES "${architectures}" CACHE STRING "GPUs to compile for" FORCE)
endif()
# Targets name the runtime they want: the static one for the program, the shared one for simulated devices.
set(CMAKE_CUDA_RUNTIME_LIBRARY None)
find_package(CUDAToolkit REQUIRED)
set(MCPI_HAVE_CUDA ON)
message(STATUS "mcpi: CUDA backend for ${CMAKE_CUDA_ARCHITECTURES}")
