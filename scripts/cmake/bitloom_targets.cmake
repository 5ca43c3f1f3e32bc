# SPDX-License-Identifier: Apache-2.0
# bitloom_library(NAME SOURCES ... LINKS ...): one static library a folder.
function(bitloom_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC bitloom_options ${ARG_LINKS})
endfunction()

# bitloom_test(NAME SOURCES ... LINKS ... [SYSTEMC]): one executable; every TEST runs in a process
# of its own, because SystemC has one kernel a process. SYSTEMC links tests/support/sc_test_main.
function(bitloom_test name)
  cmake_parse_arguments(ARG "SYSTEMC" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  if(ARG_SYSTEMC)
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/sc_test_main.cpp)
    target_link_libraries(${name} PRIVATE bitloom_options ${ARG_LINKS} bitloom_systemc GTest::gtest GTest::gmock)
  else()
    target_link_libraries(${name} PRIVATE bitloom_options ${ARG_LINKS} GTest::gtest_main GTest::gmock)
  endif()
  target_compile_definitions(${name} PRIVATE
    BITLOOM_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    BITLOOM_SHARED_DATA="${PROJECT_SOURCE_DIR}/../shared/data"
    BITLOOM_PYTHON="${Python3_EXECUTABLE}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()
