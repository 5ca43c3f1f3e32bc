// SPDX-License-Identifier: Apache-2.0
// The keys of a configuration. A key is declared once; the .ini reader, the command line, the help
// text, the validation and the resolved configuration in every result follow from that.
//
//     ArrayConfig config;                       // defaults live here
//     KeySet keys;
//     keys.integer("array.rows", config.rows, {1, 1024}, "", "Rows of the array");
//     keys.real("clock", config.clock_ghz, {0.01, 10}, units::gigahertz, "Clock of the chip");
//     read(keys, "models/chip/ant.ini", {{"array.rows", "64"}});
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/config/unit.h"

namespace bitloom {

struct IntegerRange {
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    std::int64_t multiple_of = 1;  // >= 1
};

struct RealRange {
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    bool above_min = false;  // the minimum itself is excluded
};

// One key: how its text becomes the target's value and back.
struct Key {
    std::string name;        // "array.rows"; a dot separates section and key
    std::string value_name;  // in the help: "N", "X", "NAME", "FILE"; empty for a flag
    Unit unit;
    std::string allowed;        // "1..1024", "one of ws os", "true or false"
    std::string default_value;  // as text; meaningless when `required`
    std::string help;
    bool is_flag = false;  // on a command line it stands alone
    bool is_required = false;
    bool may_be_empty = false;  // an empty value means: none
    std::string place;  // of the value in force: "runs/a.ini:12", "command line"; empty: default

    // Stores the value of `text`; a relative path starts in `folder`. Returns "" or what is wrong
    // ("must be 1..1024"), in which case the target keeps its value.
    std::function<std::string(std::string_view text, const std::filesystem::path& folder)> store;
    std::function<std::string()> print;  // the target's value, as text that `store` reads back

    // The key has no default: a file or a command line must give it.
    Key& required() {
        is_required = true;
        return *this;
    }
};

// Targets must outlive the set. Declaring a name twice, or a default outside the range, is a fault
// of the program (InternalError).
class KeySet {
public:
    Key& integer(std::string name, std::int64_t& target, IntegerRange range, Unit unit,
                 std::string help);
    Key& integer(std::string name, int& target, IntegerRange range, Unit unit, std::string help);
    Key& real(std::string name, double& target, RealRange range, Unit unit, std::string help);
    Key& choice(std::string name, std::string& target, std::vector<std::string> allowed,
                std::string help);
    // The same for an enumeration: the names that users type, each with its enumerator.
    template <class Enum>
    Key& choice(std::string name, Enum& target, std::vector<std::pair<std::string, Enum>> allowed,
                std::string help) {
        std::vector<std::string> names;
        for (const auto& [each, value] : allowed) names.push_back(each);
        return choice_by_index(
            std::move(name), std::move(names), std::move(help),
            [&target, allowed](std::size_t index) { target = allowed[index].second; },
            [&target, allowed] {
                std::size_t index = 0;
                while (index < allowed.size() && allowed[index].second != target) ++index;
                return index;
            });
    }
    // true/false, also yes/no, on/off, 1/0.
    Key& flag(std::string name, bool& target, std::string help);
    // Any text; empty only where the default is.
    Key& text(std::string name, std::string& target, std::string help,
              std::string value_name = "TEXT");
    // A file or folder, relative to the folder of the .ini file (on a command line: to the working
    // directory). Whether it exists is the reader's business. Empty only where the default is.
    Key& path(std::string name, std::filesystem::path& target, std::string help);

    const std::deque<Key>& keys() const { return keys_; }
    std::deque<Key>& keys() { return keys_; }
    Key* find(std::string_view name);
    const Key* find(std::string_view name) const;
    std::vector<std::string> names() const;

    // For messages about values that do not fit together: "runs/a.ini:12: array.rows = 3",
    // "command line: --array.rows = 3", or "default: array.rows = 16".
    std::string where(std::string_view name) const;

private:
    Key& add(Key key);
    Key& choice_by_index(std::string name, std::vector<std::string> names, std::string help,
                         std::function<void(std::size_t)> store,
                         std::function<std::size_t()> index);

    std::deque<Key> keys_;  // in the order of declaration; a deque keeps references valid
};

}  // namespace bitloom
