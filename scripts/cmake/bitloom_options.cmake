# SPDX-License-Identifier: Apache-2.0
# Language standard, warnings, sanitizers, compiler cache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

option(BITLOOM_BUILD_TESTS "Build the tests" ON)
option(BITLOOM_BUILD_BENCHMARKS "Build the benchmarks in tests/bench" OFF)
option(BITLOOM_BUILD_FUZZERS "Build the libFuzzer targets (Clang only)" OFF)
option(BITLOOM_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" OFF)
set(BITLOOM_SANITIZE "" CACHE STRING "Value of -fsanitize=, e.g. address,undefined")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(bitloom_options INTERFACE)
target_compile_options(bitloom_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<BOOL:${BITLOOM_WARNINGS_AS_ERRORS}>:-Werror>)
target_include_directories(bitloom_options INTERFACE ${PROJECT_SOURCE_DIR})
# The same IEEE results on every machine and at every optimization level: no contraction to FMA.
target_compile_options(bitloom_options INTERFACE -ffp-contract=off)
if(BITLOOM_SANITIZE)
  target_compile_options(bitloom_options INTERFACE
    -fsanitize=${BITLOOM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(bitloom_options INTERFACE -fsanitize=${BITLOOM_SANITIZE})
endif()
