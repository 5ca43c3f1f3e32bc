// SPDX-License-Identifier: Apache-2.0
#include "models/energy/activity.h"

namespace bitloom {

void Activity::add(std::string_view event, std::int64_t count) {
    if (count == 0) return;
    const auto found = events_.find(event);
    if (found == events_.end()) {
        events_.emplace(event, count);
    } else {
        found->second += count;
        if (found->second == 0) events_.erase(found);
    }
}

std::int64_t Activity::count(std::string_view event) const {
    const auto found = events_.find(event);
    return found == events_.end() ? 0 : found->second;
}

Activity& Activity::operator+=(const Activity& other) {
    for (const auto& [event, count] : other.events_) add(event, count);
    return *this;
}

Activity& Activity::operator-=(const Activity& other) {
    for (const auto& [event, count] : other.events_) add(event, -count);
    return *this;
}

}  // namespace bitloom
