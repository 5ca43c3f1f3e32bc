// SPDX-License-Identifier: Apache-2.0
// JSON read without tolerance: no repeated key, no key that nobody reads, no silent conversion.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// Parses one JSON value (RFC 8259). Throws Error "PLACE: not valid JSON near byte N",
// "PLACE: key 'x' is repeated" or, beyond 32 levels, "PLACE: nested deeper than 32 levels".
nlohmann::json parse_strict_json(std::string_view text, const std::string& place);

// One value of a parsed text and its path, for errors: "PLACE: layers[2].groups: is ...".
class JsonValue {
public:
    // Both must live as long as this object.
    JsonValue(const nlohmann::json& value, const std::string& place)
        : value_(value), place_(place) {}

    std::string string() const;
    bool boolean() const;
    std::int64_t integer() const;  // a JSON integer of 64 bits; 1.0 is none
    double number() const;         // any JSON number
    std::vector<std::int64_t> integers() const;
    std::vector<double> numbers() const;
    std::vector<std::string> strings() const;
    std::map<std::string, std::string> string_map() const;
    std::vector<JsonValue> elements() const;                         // of an array
    std::vector<std::pair<std::string, JsonValue>> members() const;  // of an object, sorted

    bool is_null() const { return value_.is_null(); }
    // Throws Error "PLACE: PATH: text".
    [[noreturn]] void wrong(const std::string& text) const;

private:
    friend class JsonObject;
    JsonValue(const nlohmann::json& value, const std::string& place, std::string path)
        : value_(value), place_(place), path_(std::move(path)) {}
    [[noreturn]] void not_a(std::string_view allowed) const;
    JsonValue child(const nlohmann::json& value, std::string_view step) const;

    const nlohmann::json& value_;
    const std::string& place_;
    std::string path_;
};

// The members of an object. Every member must be asked for before finish().
class JsonObject {
public:
    explicit JsonObject(const JsonValue& value);

    bool has(const std::string& key);            // notes the key as known
    JsonValue required(const std::string& key);  // throws Error when missing
    // Throws one Error for all of these keys that are missing, with the unknown ones: those that
    // are neither here nor in `optional`.
    void require(const std::vector<std::string>& keys, const std::vector<std::string>& optional);
    void finish() const;  // throws Error for a member nobody asked for

private:
    JsonValue value_;
    std::vector<std::string> known_;
};

}  // namespace bitloom
