// SPDX-License-Identifier: Apache-2.0
// JSON that this program has written and that something else may have changed since.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace bitloom {

// Discarded (is_discarded()) when it is no JSON or is nested deeper than 64 levels, which what this
// program writes never is and which costs the stack of whoever walks through it.
inline nlohmann::json stored_json(std::string_view text) {
    constexpr int deepest = 64;
    const auto is_shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        if (depth > deepest) throw std::length_error("too deep");
        return true;
    };
    try {
        return nlohmann::json::parse(text, is_shallow, false);
    } catch (const std::length_error&) {
        return nlohmann::json(nlohmann::json::value_t::discarded);
    }
}

}  // namespace bitloom
