// SPDX-License-Identifier: Apache-2.0
#include "sim/dpi/block.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "models/base/error.h"

namespace bitloom {

namespace {

constexpr std::uint64_t ones(int bits) {
    return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

std::int64_t sign_extended(std::uint64_t value, int bits) {
    return static_cast<std::int64_t>(value << (64 - bits)) >> (64 - bits);
}

}  // namespace

void set_parameters(std::vector<BlockParameter>& parameters, std::string_view text) {
    std::string known;
    for (const BlockParameter& parameter : parameters) known += " " + parameter.name;
    std::vector<std::string> given;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (word.empty()) continue;
        const std::size_t equal = word.find('=');
        const std::string name(word.substr(0, equal));
        BlockParameter* found = nullptr;
        for (BlockParameter& parameter : parameters)
            if (parameter.name == name) found = &parameter;
        if (found == nullptr) fail("unknown parameter '{}'; known:{}", name, known);
        for (const std::string& before : given)
            if (before == name) fail("parameter {}: given twice", name);
        given.push_back(name);
        const std::string_view digits =
            equal == std::string_view::npos ? "" : word.substr(equal + 1);
        int value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
            value < found->low || value > found->high)
            fail("{} = {}: must be {}..{}", name, digits, found->low, found->high);
        found->value = value;
    }
}

void Block::add(const char* name, int bits, bool is_input, bool is_signed) {
    ports_.push_back({name, bits, is_input, is_signed,
                      std::vector<std::uint64_t>(static_cast<std::size_t>((bits + 63) / 64))});
}

void Block::input(const char* name, int bits, bool is_signed) {
    add(name, bits, true, is_signed);
}

void Block::output(const char* name, int bits, bool is_signed) {
    add(name, bits, false, is_signed);
}

const Block::Port& Block::port(std::string_view name) const {
    std::string known;
    for (const Port& port : ports_) {
        if (port.name == name) return port;
        known += " " + port.name;
    }
    fail("{}: unknown port '{}'; known:{}", name_, name, known);
}

Block::Port& Block::port(std::string_view name) {
    return const_cast<Port&>(std::as_const(*this).port(name));
}

void Block::set(std::string_view name, int word, std::uint64_t bits) {
    Port& p = port(name);
    if (!p.is_input) fail("{}: port {} is an output", name_, p.name);
    if (word < 0 || word >= std::ssize(p.words))
        fail("{}: port {}: word = {}: must be 0..{}", name_, p.name, word, p.words.size() - 1);
    p.words[static_cast<std::size_t>(word)] = bits & ones(p.bits - 64 * word);
}

std::uint64_t Block::get(std::string_view name, int word) {
    const Port& p = port(name);
    if (word < 0 || word >= std::ssize(p.words))
        fail("{}: port {}: word = {}: must be 0..{}", name_, p.name, word, p.words.size() - 1);
    if (!p.is_input) evaluate();
    const std::uint64_t bits = p.words[static_cast<std::size_t>(word)];
    const int width = std::min(64, p.bits - 64 * word);
    return p.is_signed ? static_cast<std::uint64_t>(sign_extended(bits, width)) : bits;
}

std::int64_t Block::in(std::string_view name) const {
    const Port& p = port(name);
    return p.is_signed ? sign_extended(p.words[0], p.bits) : static_cast<std::int64_t>(p.words[0]);
}

std::int64_t Block::in_range(std::string_view name, std::int64_t low, std::int64_t high) const {
    const std::int64_t value = in(name);
    if (value < low || value > high)
        fail("{}: {} = {}: must be {}..{}", name_, name, value, low, high);
    return value;
}

std::uint64_t Block::in_part(std::string_view name, int width, int index) const {
    const Port& p = port(name);
    const int first = width * index;
    const auto word = static_cast<std::size_t>(first / 64);
    std::uint64_t bits = p.words[word] >> (first % 64);
    if (first % 64 + width > 64) bits |= p.words[word + 1] << (64 - first % 64);
    return bits & ones(width);
}

void Block::out(std::string_view name, std::int64_t value) {
    Port& p = port(name);
    p.words[0] = static_cast<std::uint64_t>(value) & ones(p.bits);
}

void Block::out_part(std::string_view name, int width, int index, std::uint64_t value) {
    Port& p = port(name);
    for (int bit = 0; bit < width; ++bit) {
        const int at = width * index + bit;
        std::uint64_t& word = p.words[static_cast<std::size_t>(at / 64)];
        const std::uint64_t one = std::uint64_t{1} << (at % 64);
        word = (value >> bit & 1) != 0 ? word | one : word & ~one;
    }
}

std::unique_ptr<Block> make_block(std::string_view module, std::string_view parameters) {
    std::string known;
    for (const auto& list : {bit_serial_blocks(), cim_blocks()})
        for (const BlockEntry& entry : list) {
            known += fmt::format(" {}", entry.module);
            if (entry.module != module) continue;
            std::vector<BlockParameter> values = entry.parameters;
            try {
                set_parameters(values, parameters);
            } catch (const Error& error) {
                fail("{}: {}", module, error.what());
            }
            return entry.make(values);
        }
    fail("unknown block '{}'; known:{}", module, known);
}

}  // namespace bitloom
