// SPDX-License-Identifier: Apache-2.0
#include "models/array/array_body.h"

#include "models/base/error.h"

namespace bitloom {

void PsumTile::clear(std::int64_t rows, std::int64_t row_length) {
    words.assign(static_cast<std::size_t>(rows * row_length), 0);
    columns = row_length;
    magnitude_bound = 0;
}

ArrayBody::ArrayBody(sc_core::sc_module_name name, sc_core::sc_time period)
    : sc_module(name), period_(period) {
}

void ArrayBody::record_waveform(std::shared_ptr<WaveformFile> file) {
    fail("waveform {}: fidelity tile has no signals: choose fidelity pe or rtl",
         file->path().string());
}

}  // namespace bitloom
