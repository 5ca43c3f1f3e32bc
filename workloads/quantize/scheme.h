// SPDX-License-Identifier: Apache-2.0
// The quantization schemes a user may name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// Which layers run as 8-bit integers when the user does not say.
enum class RaiseRule {
    none,          // every layer keeps the scheme's low-bit types
    first_last,    // the first and the last GEMM layer
    accuracy,      // those, then more until the accuracy is within the threshold
    all,           // every layer
};

struct Scheme {
    std::string name;
    std::vector<std::string> families;  // candidates in the order of ant.md 1.5: int, flint, pot
    int bits = 4;                       // of the low-bit types
    RaiseRule rule = RaiseRule::first_last;
    std::string description;            // one line
};

// Every scheme, in a fixed order: what the documentation and the tests run over.
const std::vector<Scheme>& schemes();
std::vector<std::string> scheme_names();
// Throws Error with the nearest name.
const Scheme& find_scheme(std::string_view name);

// The name of a family's format: format_name("flint", 4, false) is "uflint4".
std::string format_name(std::string_view family, int bits, bool is_signed);

}  // namespace bitloom
