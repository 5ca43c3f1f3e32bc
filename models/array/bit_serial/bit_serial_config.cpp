// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/bit_serial_config.h"

#include "models/base/error.h"

namespace bitloom {

namespace {

template <class Values, class Value = typename Values::value_type>
Value from_name(std::string_view key, std::string_view name, const Values& values) {
    std::string allowed;
    for (const Value value : values) {
        if (to_string(value) == name) return value;
        allowed += (allowed.empty() ? "" : ", ") + std::string(to_string(value));
    }
    fail("{} = {}: allowed: {}", key, name, allowed);
}

void check_range(std::vector<std::string>& found, std::string_view key, std::int64_t value,
                 std::int64_t low, std::int64_t high) {
    if (value < low || value > high)
        found.push_back(fmt::format("array.{} = {}: allowed: {}..{}", key, value, low, high));
}

bool is_word(std::int64_t bits) {
    return bits == 32 || bits == 64 || bits == 128 || bits == 256 || bits == 512;
}

}  // namespace

std::string_view to_string(BitSerialDataflow dataflow) {
    switch (dataflow) {
        case BitSerialDataflow::bismo:
            return "bismo";
        case BitSerialDataflow::apnn:
            return "apnn";
        case BitSerialDataflow::stripes:
            return "stripes";
        case BitSerialDataflow::loom:
            return "loom";
        case BitSerialDataflow::pragmatic:
            return "pragmatic";
        case BitSerialDataflow::bit_tactical:
            return "bit_tactical";
    }
    BITLOOM_CHECK(false, "dataflow {} has a name", static_cast<int>(dataflow));
    return {};
}

std::string_view to_string(PlaneStacking stacking) {
    switch (stacking) {
        case PlaneStacking::automatic:
            return "auto";
        case PlaneStacking::none:
            return "none";
        case PlaneStacking::activations:
            return "activations";
        case PlaneStacking::weights:
            return "weights";
        case PlaneStacking::full:
            return "full";
    }
    BITLOOM_CHECK(false, "stacking {} has a name", static_cast<int>(stacking));
    return {};
}

std::string_view to_string(TacticalBackEnd back_end) {
    return back_end == TacticalBackEnd::stripes ? "stripes" : "pragmatic";
}

std::string_view to_string(SearchShape shape) {
    return shape == SearchShape::t ? "t" : "l";
}

BitSerialDataflow bit_serial_dataflow(std::string_view key, std::string_view name) {
    return from_name(key, name, bit_serial_dataflows);
}

PlaneStacking plane_stacking(std::string_view key, std::string_view name) {
    return from_name(key, name, plane_stackings);
}

TacticalBackEnd tactical_back_end(std::string_view key, std::string_view name) {
    return from_name(key, name, std::array{TacticalBackEnd::stripes, TacticalBackEnd::pragmatic});
}

SearchShape search_shape(std::string_view key, std::string_view name) {
    return from_name(key, name, std::array{SearchShape::t, SearchShape::l});
}

std::vector<std::string> problems(const BitSerialConfig& config) {
    std::vector<std::string> found;
    check_range(found, "rows", config.rows, 1, 1024);
    check_range(found, "columns", config.columns, 1, 1024);
    if (!is_word(config.word_bits))
        found.push_back(
            fmt::format("array.word_bits = {}: allowed: 32, 64, 128, 256, 512", config.word_bits));
    else
        check_range(found, "lanes", config.lanes, 1, config.word_bits / 8);
    if (config.serial_bits != 1 && config.serial_bits != 2 && config.serial_bits != 4)
        found.push_back(
            fmt::format("array.serial_bits = {}: allowed: 1, 2, 4", config.serial_bits));
    check_range(found, "first_stage_bits", config.first_stage_bits, 0, 3);
    check_range(found, "lookahead", config.lookahead, 1, 7);
    check_range(found, "lookaside", config.lookaside, 0, 8);
    check_range(found, "fill_cycles", config.fill_cycles, 1, 64);
    check_range(found, "activation_port_bits", config.activation_port_bits, 1, 1 << 20);
    check_range(found, "weight_port_bits", config.weight_port_bits, 1, 1 << 20);
    return found;
}

std::int64_t bismo_fill_cycles(std::int64_t word_bits) {
    BITLOOM_CHECK(is_word(word_bits), "a word has 32, 64, 128, 256 or 512 bits, not {}", word_bits);
    constexpr std::int64_t read = 3, broadcast = 1, unit = 3;
    std::int64_t compressor = 3;  // 64 and 128 bits
    if (word_bits == 32) compressor = 2;
    if (word_bits == 256) compressor = 4;
    if (word_bits == 512) compressor = 5;
    return read + broadcast + unit + compressor;
}

}  // namespace bitloom
