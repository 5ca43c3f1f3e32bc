// SPDX-License-Identifier: Apache-2.0
// An analog crossbar: its devices, wires and faults. Values are final; problems() finds bad ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/cim/crossbar/stuck_devices.h"
#include "models/cim/device/program_verify.h"
#include "models/cim/mapping/placement.h"

namespace bitloom {

// Which end of a column the ADC is at: row 0 (where placement begins), or row 0 for even columns
// and the last row for odd ones.
enum class SenseEnd { row_0, alternating };

// The devices of a pair on one bit line with pulses of opposite polarity (both load it), or on two
// bit lines whose charges are subtracted at the ADC.
enum class PairWiring { same_line, separate_lines };

struct CrossbarConfig {
    std::string device = "pcm";  // a name of device_names()
    ArrayGeometry geometry;
    double wire_ohm = -1.0;   // of a bit line between neighbouring rows, >= 0; no default
    double output_ohm = 0.0;  // between the last cell and the virtual ground of the ADC, >= 0
    SenseEnd sense_end = SenseEnd::row_0;
    PairWiring wiring = PairWiring::same_line;
    StuckAt stuck;
    std::optional<VerifySettings> verify;  // none: one programming of each device
};

std::vector<std::string> problems(const CrossbarConfig& config);

}  // namespace bitloom
