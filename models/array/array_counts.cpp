// SPDX-License-Identifier: Apache-2.0
#include "models/array/array_counts.h"

namespace bitloom {

namespace {

// Every count, in one place: sums and differences cannot forget one.
template <class Counts, class Visit>
void combine(Counts& a, const ArrayCounts& b, Visit visit) {
    visit(a.macs, b.macs);
    visit(a.decodes, b.decodes);
    visit(a.psum_words, b.psum_words);
    visit(a.activation_read_bits, b.activation_read_bits);
    visit(a.weight_read_bits, b.weight_read_bits);
    visit(a.output_read_bits, b.output_read_bits);
    visit(a.output_write_bits, b.output_write_bits);
    visit(a.overflows, b.overflows);
    visit(a.popcount_bits, b.popcount_bits);
    visit(a.accumulates, b.accumulates);
    visit(a.combines, b.combines);
    visit(a.cycles.streaming, b.cycles.streaming);
    visit(a.cycles.fill_drain, b.cycles.fill_drain);
    visit(a.cycles.bandwidth, b.cycles.bandwidth);
}

}  // namespace

ArrayCounts& ArrayCounts::operator+=(const ArrayCounts& other) {
    combine(*this, other, [](std::int64_t& a, std::int64_t b) { a += b; });
    return *this;
}

ArrayCounts& ArrayCounts::operator-=(const ArrayCounts& other) {
    combine(*this, other, [](std::int64_t& a, std::int64_t b) { a -= b; });
    return *this;
}

void ArrayCounts::add_to(Activity& activity) const {
    const auto add = [&](const char* event, std::int64_t count) {
        if (count != 0) activity.add(event, count);
    };
    add("array.mac", macs);
    add("array.psum_word", psum_words);
    add("decoder.decode", decodes);
    add("activation_buffer.read_bits", activation_read_bits);
    add("weight_buffer.read_bits", weight_read_bits);
    add("output_buffer.read_bits", output_read_bits);
    add("output_buffer.write_bits", output_write_bits);
    add("bit_serial.popcount_bits", popcount_bits);
    add("bit_serial.accumulate", accumulates);
    add("bit_serial.combine", combines);
}

}  // namespace bitloom
