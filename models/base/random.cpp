// SPDX-License-Identifier: Apache-2.0
#include "models/base/random.h"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace bitloom {

namespace {

r123::Philox4x32::ctr_type draw(std::uint64_t seed, std::uint64_t component, std::uint64_t index) {
    const r123::Philox4x32::ctr_type counter = {
        {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
         static_cast<std::uint32_t>(component), static_cast<std::uint32_t>(component >> 32)}};
    const r123::Philox4x32::key_type key = {
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
    return r123::Philox4x32()(counter, key);
}

std::uint64_t join(std::uint32_t low, std::uint32_t high) {
    return low | (static_cast<std::uint64_t>(high) << 32);
}

double to_unit(std::uint64_t bits) {
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace

std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3u;
    }
    return hash;
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view component)
    : seed_(seed), component_(fnv1a(component)) {
}

std::uint64_t RandomStream::bits(std::uint64_t index) const {
    const auto words = draw(seed_, component_, index);
    return join(words[0], words[1]);
}

double RandomStream::uniform(std::uint64_t index) const {
    return to_unit(bits(index));
}

std::uint64_t RandomStream::below(std::uint64_t index, std::uint64_t bound) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(bits(index)) * bound) >> 64);
}

double RandomStream::normal(std::uint64_t index) const {
    const auto words = draw(seed_, component_, index);
    const double radius = 1.0 - to_unit(join(words[0], words[1]));  // (0, 1]: the log is finite
    const double angle = to_unit(join(words[2], words[3]));
    return std::sqrt(-2.0 * std::log(radius)) * std::cos(2.0 * std::numbers::pi * angle);
}

}  // namespace bitloom
