# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE_DIR=... -DOUTPUT=commit.cpp -P write_commit.cmake
# Writes the commit that the sources are of, at build time. The file changes only when the commit
# does, so nothing else is built again.
set(commit "unknown")
find_program(git_program git)
if(git_program)
  execute_process(
    COMMAND ${git_program} -C ${SOURCE_DIR} describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed AND described MATCHES "^[0-9a-f]+(-dirty)?$")
    set(commit "${described}")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
// Written by scripts/cmake/write_commit.cmake.
#include "sim/cli/version.h"

namespace bitloom {

std::string_view program_commit() {
    return "@commit@";
}

}  // namespace bitloom
]] @ONLY)
