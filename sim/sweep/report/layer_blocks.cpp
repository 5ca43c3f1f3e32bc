// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/layer_blocks.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace bitloom {

namespace {

using Json = nlohmann::ordered_json;

// Six digits of a real; integers, which JSON keeps apart, whole.
Json rounded(const Json& value) {
    if (value.is_number_integer()) return value;
    if (!value.is_number()) return nullptr;
    const double real = value.get<double>();
    const double shown = std::strtod(fmt::format("{:.6g}", real).c_str(), nullptr);
    constexpr double exact_integers = 9007199254740992.0;  // 2^53
    if (shown == std::trunc(shown) && std::abs(shown) < exact_integers)
        return static_cast<std::int64_t>(shown);  // "1234570", not "1234570.0"
    return shown;
}

Json value_of(const Json& layer, std::string_view quantity) {
    const auto found = layer.find(quantity);
    if (found == layer.end()) return nullptr;
    if (quantity == "sqnr_db" && found->is_null()) {
        const auto exact = layer.find("exact");
        if (exact != layer.end() && *exact == true) return "exact";
    }
    return rounded(*found);
}

template <class Index>
std::size_t find_or_add(Index& index, const std::string& text) {
    return index.try_emplace(text, index.size()).first->second;
}

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void LayerBlocks::add(std::string_view result_json) {
    block_of_.push_back(-1);
    const Json result = Json::parse(result_json, nullptr, false);
    if (!result.is_object()) return;
    const auto layers = result.find("layers");
    if (layers == result.end() || !layers->is_array() || layers->empty()) return;
    Json names = Json::array();
    for (const Json& layer : *layers) {
        if (!layer.is_object()) return;
        const auto name = layer.find("name");
        names.push_back(name != layer.end() && name->is_string() ? *name : Json("?"));
    }
    Json values = Json::array();
    for (const std::string_view quantity : layer_quantities) {
        Json row = Json::array();
        for (const Json& layer : *layers) row.push_back(value_of(layer, quantity));
        values.push_back(std::move(row));
    }
    const std::size_t list = find_or_add(names_index_, text_of(names));
    if (list == names_.size()) names_.push_back(text_of(names));
    Json block;
    block["names"] = list;
    block["values"] = std::move(values);
    const auto [entry, is_new] = index_.try_emplace(text_of(block), blocks_.size());
    if (is_new) blocks_.push_back(&entry->first);
    block_of_.back() = static_cast<std::ptrdiff_t>(entry->second);
}

Json LayerBlocks::to_json(const std::vector<std::size_t>& first, std::size_t most_bytes) const {
    std::vector<std::ptrdiff_t> place(blocks_.size(), -1);  // in the page
    Json blocks = Json::array();
    std::size_t bytes = 0;
    const auto take = [&](std::size_t point) {
        const std::ptrdiff_t block = block_of_.at(point);
        if (block < 0) return;
        const auto index = static_cast<std::size_t>(block);
        if (place[index] >= 0 || bytes + blocks_[index]->size() > most_bytes) return;
        bytes += blocks_[index]->size();
        place[index] = static_cast<std::ptrdiff_t>(blocks.size());
        blocks.push_back(Json::parse(*blocks_[index]));
    };
    for (const std::size_t point : first) take(point);
    for (std::size_t point = 0; point < block_of_.size(); ++point) take(point);

    Json json;
    json["quantities"] = layer_quantities;
    json["names"] = Json::array();
    for (const std::string& names : names_) json["names"].push_back(Json::parse(names));
    json["blocks"] = std::move(blocks);
    json["block"] = Json::array();
    std::int64_t left_out = 0;
    for (const std::ptrdiff_t block : block_of_) {
        const std::ptrdiff_t at = block < 0 ? -1 : place[static_cast<std::size_t>(block)];
        json["block"].push_back(at);
        if (block >= 0 && at < 0) ++left_out;
    }
    json["left_out"] = left_out;
    return json;
}

}  // namespace bitloom
