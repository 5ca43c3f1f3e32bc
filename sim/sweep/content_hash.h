// SPDX-License-Identifier: Apache-2.0
// Names for contents: SHA-256 (FIPS 180-4, OpenSSL's libcrypto).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace bitloom {

// 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

// Of a list of pairs, in the order given. Lengths are hashed with the texts, so that no two
// different lists have the same input: {"a", "b=c"} is not {"a=b", "c"}.
std::string sha256_of_pairs(std::span<const std::pair<std::string, std::string>> pairs);

}  // namespace bitloom
