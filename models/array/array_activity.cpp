// SPDX-License-Identifier: Apache-2.0
#include "models/array/array_body.h"

namespace bitloom {

ArrayCounts& ArrayCounts::operator+=(const ArrayCounts& other) {
    macs += other.macs;
    decodes += other.decodes;
    psum_words += other.psum_words;
    activation_read_bits += other.activation_read_bits;
    weight_read_bits += other.weight_read_bits;
    output_read_bits += other.output_read_bits;
    output_write_bits += other.output_write_bits;
    overflows += other.overflows;
    cycles.streaming += other.cycles.streaming;
    cycles.fill_drain += other.cycles.fill_drain;
    cycles.bandwidth += other.cycles.bandwidth;
    return *this;
}

void ArrayCounts::add_to(Activity& activity) const {
    activity.add("array.mac", macs);
    activity.add("array.psum_word", psum_words);
    activity.add("decoder.decode", decodes);
    activity.add("activation_buffer.read_bits", activation_read_bits);
    activity.add("weight_buffer.read_bits", weight_read_bits);
    activity.add("output_buffer.read_bits", output_read_bits);
    activity.add("output_buffer.write_bits", output_write_bits);
}

}  // namespace bitloom
