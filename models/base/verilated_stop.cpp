// SPDX-License-Identifier: Apache-2.0
// What Verilator's runtime calls when a model stops: $stop, a failed assertion, an error of its
// own. The program goes on with an InternalError; the model that threw must not be used again.
// Part of the library bitloom_verilated (rtl/CMakeLists.txt), which defines VL_USER_STOP and
// VL_USER_FATAL. The two declarations are those of Verilator's verilated_funcs.h.
#include "models/base/error.h"

namespace {

[[noreturn]] void stopped(const char* file, int line, const char* text) {
    throw bitloom::InternalError(
        fmt::format("{}:{}: the RTL model stopped{}{}", file, line,
                    text && *text ? ": " : ": an assertion failed or $stop was reached", text));
}

}  // namespace

void vl_stop(const char* file, int line, const char* hierarchy);
void vl_fatal(const char* file, int line, const char* hierarchy, const char* message);

void vl_stop(const char* file, int line, const char* /*hierarchy*/) {
    stopped(file, line, "");
}

void vl_fatal(const char* file, int line, const char* /*hierarchy*/, const char* message) {
    stopped(file, line, message);
}
