// SPDX-License-Identifier: Apache-2.0
// What Verilator's runtime calls when a model prints or stops: $stop, a failed assertion, an error
// of its own. The program goes on with an InternalError; the model that threw must not be used
// again. Part of the library bitloom_verilated (rtl/CMakeLists.txt), which defines VL_USER_STOP,
// VL_USER_FATAL and VL_PRINTF. The declarations are those of Verilator's verilated_funcs.h.
#include <cstdarg>
#include <cstdio>
#include <string>

#include "models/base/error.h"
#include "models/base/verilated_print.h"

void vl_stop(const char* file, int line, const char* hierarchy);
void vl_fatal(const char* file, int line, const char* hierarchy, const char* message);

namespace {

thread_local std::string printed;  // since the last stop; the last few lines

// One line: "ant_pe.sv:63: the RTL stopped: Assertion failed in top.ant_pe.HoldsWithoutOperands".
[[noreturn]] void stopped(const char* file, int line, const std::string& message) {
    std::string text = printed + message;
    printed.clear();
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (char& c : text)
        if (c == '\n') c = ';';
    throw bitloom::InternalError(
        fmt::format("{}:{}: the RTL stopped: {}", file, line, text.empty() ? "$stop" : text));
}

}  // namespace

void bitloom_verilated_print(const char* format, ...) {
    char text[1000];
    std::va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (printed.size() > 4 * sizeof text) printed.clear();
    printed += text;
}

void vl_stop(const char* file, int line, const char* /*hierarchy*/) {
    stopped(file, line, "");
}

void vl_fatal(const char* file, int line, const char* /*hierarchy*/, const char* message) {
    stopped(file, line, message);
}
