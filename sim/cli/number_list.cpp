// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/number_list.h"

#include <algorithm>

#include "models/base/error.h"

namespace bitloom {

namespace {

constexpr UnitSuffix time_suffixes[] = {
    {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"y", 365 * 86400}};

}  // namespace

const Unit device_time_unit{"s", time_suffixes, 1};

std::vector<double> read_number_list(const char* option, const std::string& text, const Unit& unit,
                                     double min, double max, const std::string& must) {
    std::vector<double> values;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string item = text.substr(begin, end - begin);
        const ParsedNumber<double> number = parse_real(item, unit);
        if (number.fault != NumberFault::none || number.value < min || number.value > max)
            fail("command line: --{}: '{}': must be {}", option, item, must);
        values.push_back(number.value + 0.0);  // -0 is 0
        begin = end + 1;
    }
    return values;
}

}  // namespace bitloom
