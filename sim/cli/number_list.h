// SPDX-License-Identifier: Apache-2.0
// Lists of numbers on the command line.
#pragma once

#include <string>
#include <vector>

#include "sim/config/unit.h"

namespace bitloom {

// Times of devices: s, m, h, d and y, a year of 365 days.
extern const Unit device_time_unit;

// "1,5,25" -> numbers of min..max; each item may carry a suffix of `unit`. Throws Error:
// "command line: --OPTION: 'ITEM': must be MUST".
std::vector<double> read_number_list(const char* option, const std::string& text, const Unit& unit,
                                     double min, double max, const std::string& must);

}  // namespace bitloom
