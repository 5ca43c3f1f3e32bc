// SPDX-License-Identifier: Apache-2.0
// Events counted by models, in exact integers. All fidelities of a design count the same.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bitloom {

// Name: "component.action", e.g. "array.mac4", "weight_buffer.read_bits", "dram.write_bits".
class Activity {
public:
    void add(std::string_view event, std::int64_t count);
    std::int64_t count(std::string_view event) const;  // 0 when it never occurred
    const std::map<std::string, std::int64_t, std::less<>>& events() const { return events_; }
    Activity& operator+=(const Activity& other);
    Activity& operator-=(const Activity& other);
    bool operator==(const Activity&) const = default;

private:
    std::map<std::string, std::int64_t, std::less<>> events_;  // only non-zero counts
};

}  // namespace bitloom
