// SPDX-License-Identifier: Apache-2.0
// Where Verilator's runtime prints (VL_PRINTF, set in rtl/CMakeLists.txt): nowhere. The text is
// kept for the error that follows it; see verilated_stop.cpp.
#pragma once

void bitloom_verilated_print(const char* format, ...) __attribute__((format(printf, 1, 2)));
