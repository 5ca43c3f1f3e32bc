// SPDX-License-Identifier: Apache-2.0
#include "sim/config/key_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {

namespace {

std::string join(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
    return line;
}

std::string with_unit(std::string text, const Unit& unit) {
    if (!unit.name.empty()) text += fmt::format(" {}", unit.name);
    return text;
}

std::string range_text(const IntegerRange& range, const Unit& unit) {
    constexpr IntegerRange all;
    std::string text;
    if (range.min != all.min && range.max != all.max)
        text = with_unit(fmt::format("{}..{}", range.min, range.max), unit);
    else if (range.min != all.min)
        text = with_unit(fmt::format("at least {}", range.min), unit);
    else if (range.max != all.max)
        text = with_unit(fmt::format("at most {}", range.max), unit);
    else
        text = unit.name.empty() ? "any whole number" : with_unit("a number of", unit);
    if (range.multiple_of != 1) text += fmt::format(", a multiple of {}", range.multiple_of);
    return text;
}

std::string range_text(const RealRange& range, const Unit& unit) {
    const bool low = std::isfinite(range.min), high = std::isfinite(range.max);
    if (low && high && !range.above_min)
        return with_unit(fmt::format("{}..{}", range.min, range.max), unit);
    std::string text;
    if (low) text = fmt::format("{} {}", range.above_min ? "above" : "at least", range.min);
    if (high) text += fmt::format("{}at most {}", low ? ", " : "", range.max);
    if (!low && !high) return unit.name.empty() ? "any number" : with_unit("a number of", unit);
    return with_unit(text, unit);
}

std::string number_problem(NumberFault fault, const std::string& suffix, const Unit& unit,
                           const std::string& allowed, std::string_view kind) {
    switch (fault) {
        case NumberFault::none:
        case NumberFault::too_large:
            break;
        case NumberFault::unknown_unit:
            return fmt::format("unknown unit '{}'; known: {}", suffix, known_suffixes(unit));
        case NumberFault::not_whole:
        case NumberFault::not_a_number:
            if (allowed.starts_with("a number") || allowed.starts_with("any")) break;
            return fmt::format("must be {}, {}", kind, allowed);
    }
    return "must be " + allowed;
}

Key new_key(std::string name, std::string value_name, Unit unit, std::string allowed,
            std::string help) {
    Key key;
    key.name = std::move(name);
    key.value_name = std::move(value_name);
    key.unit = unit;
    key.allowed = std::move(allowed);
    key.help = std::move(help);
    return key;
}

template <class Integer>
Key integer_key(std::string name, Integer& target, IntegerRange range, Unit unit,
                std::string help) {
    range.min = std::max<std::int64_t>(range.min, std::numeric_limits<Integer>::min());
    range.max = std::min<std::int64_t>(range.max, std::numeric_limits<Integer>::max());
    Key key = new_key(std::move(name), "N", unit, range_text(range, unit), std::move(help));
    key.store = [&target, range, unit, allowed = key.allowed](
                    std::string_view text, const std::filesystem::path&) -> std::string {
        const auto number = parse_integer(text, unit);
        if (number.fault != NumberFault::none)
            return number_problem(number.fault, number.suffix, unit, allowed, "a whole number");
        if (number.value < range.min || number.value > range.max ||
            number.value % range.multiple_of != 0)
            return "must be " + allowed;
        target = static_cast<Integer>(number.value);
        return "";
    };
    key.print = [&target] { return fmt::format("{}", target); };
    return key;
}

}  // namespace

Key& KeySet::add(Key key) {
    BITLOOM_CHECK(!key.name.empty() && find(key.name) == nullptr, "key '{}' is declared once",
                  key.name);
    key.default_value = key.print();
    return keys_.emplace_back(std::move(key));
}

Key& KeySet::integer(std::string name, std::int64_t& target, IntegerRange range, Unit unit,
                     std::string help) {
    return add(integer_key(std::move(name), target, range, unit, std::move(help)));
}

Key& KeySet::integer(std::string name, int& target, IntegerRange range, Unit unit,
                     std::string help) {
    return add(integer_key(std::move(name), target, range, unit, std::move(help)));
}

Key& KeySet::real(std::string name, double& target, RealRange range, Unit unit, std::string help) {
    Key key = new_key(std::move(name), "X", unit, range_text(range, unit), std::move(help));
    key.store = [&target, range, unit, allowed = key.allowed](
                    std::string_view text, const std::filesystem::path&) -> std::string {
        const auto number = parse_real(text, unit);
        if (number.fault != NumberFault::none)
            return number_problem(number.fault, number.suffix, unit, allowed, "a number");
        const bool low = range.above_min ? number.value <= range.min : number.value < range.min;
        if (low || number.value > range.max) return "must be " + allowed;
        target = number.value;
        return "";
    };
    key.print = [&target] { return fmt::format("{}", target); };  // shortest text that reads back
    return add(std::move(key));
}

Key& KeySet::choice(std::string name, std::string& target, std::vector<std::string> allowed,
                    std::string help) {
    Key key = new_key(std::move(name), "NAME", {}, "one of " + join(allowed), std::move(help));
    key.store = [&target, names = std::move(allowed), text_allowed = key.allowed](
                    std::string_view text, const std::filesystem::path&) -> std::string {
        if (std::find(names.begin(), names.end(), text) == names.end())
            return "must be " + text_allowed + did_you_mean(text, names);
        target = text;
        return "";
    };
    key.print = [&target] { return target; };
    return add(std::move(key));
}

Key& KeySet::choice_by_index(std::string name, std::vector<std::string> names, std::string help,
                             std::function<void(std::size_t)> store,
                             std::function<std::size_t()> index) {
    Key key = new_key(std::move(name), "NAME", {}, "one of " + join(names), std::move(help));
    BITLOOM_CHECK(index() < names.size(), "the default of {} is {}", key.name, key.allowed);
    key.store = [store = std::move(store), names, text_allowed = key.allowed](
                    std::string_view text, const std::filesystem::path&) -> std::string {
        const auto found = std::find(names.begin(), names.end(), text);
        if (found == names.end()) return "must be " + text_allowed + did_you_mean(text, names);
        store(static_cast<std::size_t>(found - names.begin()));
        return "";
    };
    key.print = [index = std::move(index), names = std::move(names)] { return names[index()]; };
    return add(std::move(key));
}

Key& KeySet::flag(std::string name, bool& target, std::string help) {
    Key key = new_key(std::move(name), "", {}, "true or false", std::move(help));
    key.is_flag = true;
    key.store = [&target](std::string_view text, const std::filesystem::path&) -> std::string {
        for (const std::string_view yes : {"true", "yes", "on", "1"})
            if (text == yes) return target = true, "";
        for (const std::string_view no : {"false", "no", "off", "0"})
            if (text == no) return target = false, "";
        return "must be true or false";
    };
    key.print = [&target] { return std::string(target ? "true" : "false"); };
    return add(std::move(key));
}

Key& KeySet::text(std::string name, std::string& target, std::string help, std::string value_name) {
    Key key = new_key(std::move(name), std::move(value_name), {}, "any text", std::move(help));
    key.may_be_empty = target.empty();
    key.store = [&target](std::string_view text, const std::filesystem::path&) -> std::string {
        target = text;
        return "";
    };
    key.print = [&target] { return target; };
    return add(std::move(key));
}

Key& KeySet::path(std::string name, std::filesystem::path& target, std::string help) {
    Key key = new_key(std::move(name), "FILE", {}, "a path", std::move(help));
    key.may_be_empty = target.empty();
    key.store = [&target](std::string_view text,
                          const std::filesystem::path& folder) -> std::string {
        const std::filesystem::path given(text);
        target = given.empty() ? given : (folder / given).lexically_normal();
        return "";
    };
    key.print = [&target] { return target.string(); };
    return add(std::move(key));
}

Key* KeySet::find(std::string_view name) {
    for (Key& key : keys_)
        if (key.name == name) return &key;
    return nullptr;
}

const Key* KeySet::find(std::string_view name) const {
    return const_cast<KeySet*>(this)->find(name);
}

std::vector<std::string> KeySet::names() const {
    std::vector<std::string> names;
    for (const Key& key : keys_) names.push_back(key.name);
    return names;
}

std::string KeySet::where(std::string_view name) const {
    const Key* key = find(name);
    BITLOOM_CHECK(key != nullptr, "key '{}' is declared", name);
    const std::string place = key->place.empty() ? "default" : key->place;
    return fmt::format("{}: {}{} = {}", place, place == "command line" ? "--" : "", key->name,
                       key->print());
}

}  // namespace bitloom
