// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/content_hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <iterator>

#include "models/base/error.h"

namespace bitloom {

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    const int good =
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    BITLOOM_CHECK(good == 1 && size == 32, "libcrypto computes SHA-256");
    std::string text;
    for (unsigned int i = 0; i < size; ++i)
        fmt::format_to(std::back_inserter(text), "{:02x}", digest[i]);
    return text;
}

std::string sha256_of_pairs(std::span<const std::pair<std::string, std::string>> pairs) {
    std::string bytes;
    for (const auto& [key, value] : pairs)
        bytes += fmt::format("{}:{}={}:{};", key.size(), key, value.size(), value);
    return sha256(bytes);
}

}  // namespace bitloom
