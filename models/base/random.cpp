// SPDX-License-Identifier: Apache-2.0
#include "models/base/random.h"

#include "models/base/normal.h"
#include "models/base/normal_kernel.h"
#include "models/base/philox.h"

namespace bitloom {

namespace {

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
    const auto words = philox(seed_, component_, index);
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
    return normal_of_bits(bits(index));
}

std::int32_t RandomStream::normal_q16(std::uint64_t index) const {
    return normal_q16_of_bits(philox(seed_, component_, index / 4)[index % 4]);
}

void RandomStream::normals_q16(std::uint64_t first, std::span<std::int32_t> values) const {
    static const NormalKernel kernel = best_normal_kernel();
    std::size_t done = 0;
    // To the next whole block, whole blocks, and the rest.
    while (done < values.size() && (first + done) % 4 != 0) {
        values[done] = normal_q16(first + done);
        ++done;
    }
    const std::size_t blocks = (values.size() - done) / 4;
    kernel(seed_, component_, (first + done) / 4, static_cast<std::int64_t>(blocks),
           values.data() + done);
    for (done += 4 * blocks; done < values.size(); ++done) values[done] = normal_q16(first + done);
}

}  // namespace bitloom
