# SPDX-License-Identifier: Apache-2.0
# Every library comes from a package of Debian 12; scripts/setup.sh installs them.
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(TBB REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(SQLite3 REQUIRED)
find_package(pagmo REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(PNG REQUIRED)
# Debian's own interpreter sees Debian's packages; another one on the PATH may not.
if(NOT Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3)
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# SystemC: Accellera's own install has a CMake package, Debian's has pkg-config only.
find_package(SystemCLanguage CONFIG QUIET)
if(SystemCLanguage_FOUND)
  add_library(bitloom_systemc INTERFACE)
  target_link_libraries(bitloom_systemc INTERFACE SystemC::systemc)
else()
  pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
  add_library(bitloom_systemc INTERFACE)
  target_link_libraries(bitloom_systemc INTERFACE PkgConfig::SYSTEMC)
  # Debian's library was built as C++17 and checks at link time that its users were, too; this is
  # the header's own way to state the standard that the library was built with.
  target_compile_definitions(bitloom_systemc INTERFACE SC_CPLUSPLUS=201703L)
endif()
target_compile_options(bitloom_systemc INTERFACE -Wno-overloaded-virtual)

# Debian's CMake package of libzip names tools of another package, so pkg-config finds it.
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
add_library(bitloom_zip INTERFACE)
target_link_libraries(bitloom_zip INTERFACE PkgConfig::LIBZIP)

find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
add_library(bitloom_random123 INTERFACE)
target_include_directories(bitloom_random123 SYSTEM INTERFACE ${RANDOM123_INCLUDE_DIR})

