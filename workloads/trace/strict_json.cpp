// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/strict_json.h"

#include <algorithm>
#include <limits>
#include <set>

#include "models/base/error.h"
#include "models/base/text.h"
#include "workloads/trace/names.h"

namespace bitloom {

using nlohmann::json;

json parse_strict_json(std::string_view text, const std::string& place) {
    constexpr int deepest = 32;
    // The parser takes a NUL for the end of the text and would ignore what follows, and it skips a
    // byte order mark.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        fail("{}: not valid JSON near byte {}", place, nul + 1);
    if (text.starts_with("\xef\xbb\xbf")) fail("{}: not valid JSON near byte 1", place);
    std::vector<std::set<std::string>> keys;  // of the open objects
    const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start ||
            event == json::parse_event_t::array_start) {
            if (depth >= deepest) fail("{}: nested deeper than {} levels", place, deepest);
            if (event == json::parse_event_t::object_start) keys.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            keys.pop_back();
        } else if (event == json::parse_event_t::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!keys.back().insert(key).second)
                fail("{}: key {} is repeated: keys are unique", place, shown(key));
        }
        return true;
    };
    try {
        return json::parse(text, check);
    } catch (const json::parse_error& error) {
        fail("{}: not valid JSON near byte {}", place, error.byte);
    } catch (const json::out_of_range&) {
        fail("{}: not valid JSON: a number is beyond 1.8e308", place);
    }
}

void JsonValue::wrong(const std::string& text) const {
    if (path_.empty()) fail("{}: {}", place_, text);
    fail("{}: {}: {}", place_, path_, text);
}

void JsonValue::not_a(std::string_view allowed) const {
    const std::string found = value_.is_number() || value_.is_boolean()
                                  ? fmt::format("is {}", value_.dump())
                                  : fmt::format("is of type {}", value_.type_name());
    wrong(fmt::format("{}: must be {}", found, allowed));
}

JsonValue JsonValue::child(const json& value, std::string_view step) const {
    return JsonValue(value, place_, path_ + std::string(step));
}

std::string JsonValue::string() const {
    if (!value_.is_string()) not_a("a string");
    return value_.get<std::string>();
}

bool JsonValue::boolean() const {
    if (!value_.is_boolean()) not_a("true or false");
    return value_.get<bool>();
}

std::int64_t JsonValue::integer() const {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value_.is_number_integer() ||
        (value_.is_number_unsigned() && value_.get<std::uint64_t>() > most))
        not_a("an integer of 64 bits");
    return value_.get<std::int64_t>();
}

double JsonValue::number() const {
    if (!value_.is_number()) not_a("a number");
    return value_.get<double>();
}

std::vector<JsonValue> JsonValue::elements() const {
    if (!value_.is_array()) not_a("an array");
    std::vector<JsonValue> result;
    result.reserve(value_.size());
    for (const json& element : value_)
        result.push_back(child(element, fmt::format("[{}]", result.size())));
    return result;
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::members() const {
    if (!value_.is_object()) not_a("an object");
    std::vector<std::pair<std::string, JsonValue>> result;
    for (const auto& [key, value] : value_.items()) {
        const std::string name = shown(key);
        const std::string step = name.substr(1, name.size() - 2);
        result.emplace_back(key, child(value, path_.empty() ? step : "." + step));
    }
    return result;
}

std::vector<std::int64_t> JsonValue::integers() const {
    std::vector<std::int64_t> result;
    for (const JsonValue& element : elements()) result.push_back(element.integer());
    return result;
}

std::vector<double> JsonValue::numbers() const {
    std::vector<double> result;
    for (const JsonValue& element : elements()) result.push_back(element.number());
    return result;
}

std::vector<std::string> JsonValue::strings() const {
    std::vector<std::string> result;
    for (const JsonValue& element : elements()) result.push_back(element.string());
    return result;
}

std::map<std::string, std::string> JsonValue::string_map() const {
    std::map<std::string, std::string> result;
    for (const auto& [key, value] : members()) result.emplace(key, value.string());
    return result;
}

JsonObject::JsonObject(const JsonValue& value) : value_(value) {
    if (!value.value_.is_object()) value.not_a("an object");
}

bool JsonObject::has(const std::string& key) {
    known_.push_back(key);
    return value_.value_.contains(key);
}

JsonValue JsonObject::required(const std::string& key) {
    if (!has(key)) value_.wrong(fmt::format("key {} is missing", shown(key)));
    return value_.child(value_.value_.at(key), value_.path_.empty() ? key : "." + key);
}

void JsonObject::require(const std::vector<std::string>& keys,
                         const std::vector<std::string>& optional) {
    std::vector<std::string> known = keys;
    known.insert(known.end(), optional.begin(), optional.end());
    std::string missing, unknown;
    for (const std::string& key : keys)
        if (!value_.value_.contains(key))
            missing += fmt::format("{}{}", missing.empty() ? "" : ", ", shown(key));
    if (missing.empty()) return;  // finish() tells unknown ones
    for (const auto& [key, value] : value_.value_.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            unknown += fmt::format("; unknown key {}{}", shown(key), suggestion(key, known));
    const bool several = missing.find("', '") != std::string::npos;
    value_.wrong(fmt::format("{} {} {} missing{}", several ? "keys" : "key", missing,
                             several ? "are" : "is", unknown));
}

void JsonObject::finish() const {
    for (const auto& [key, value] : value_.value_.items())
        if (std::find(known_.begin(), known_.end(), key) == known_.end())
            value_.wrong(fmt::format("unknown key {}{}", shown(key), did_you_mean(key, known_)));
}

}  // namespace bitloom
