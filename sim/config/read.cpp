// SPDX-License-Identifier: Apache-2.0
#include "sim/config/read.h"

#include <fmt/format.h>

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <set>
#include <sstream>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "models/base/text.h"

namespace bitloom {

namespace {

namespace po = boost::program_options;

std::string_view trim(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

bool is_section_name(std::string_view name) {
    return !name.empty() && name.find_first_of("[]= \t") == std::string_view::npos;
}

// What Boost's parser does not say: the line of each assignment, and every line that is neither
// section nor assignment. Such lines are blanked, so that Boost reads the rest.
struct Scan {
    std::vector<int> lines;  // of the assignments, in order
    std::string clean;
};

Scan scan(const std::string& name, const std::string& text, std::vector<std::string>& problems) {
    Scan result;
    std::istringstream stream(text);
    std::string line;
    for (int number = 1; std::getline(stream, line); ++number) {
        const std::string_view content = trim(std::string_view(line).substr(0, line.find('#')));
        bool good = true;
        if (content.empty()) {
            // a comment
        } else if (content.front() == '[' && content.back() == ']') {
            good = is_section_name(content.substr(1, content.size() - 2));
            if (!good)
                problems.push_back(fmt::format("{}:{}: '{}' names no section: must be [name]", name,
                                               number, content));
        } else if (const std::size_t equals = content.find('='); equals == std::string_view::npos) {
            good = false;
            problems.push_back(
                fmt::format("{}:{}: cannot read '{}': must be [section], key = value or "
                            "# comment",
                            name, number, content));
        } else if (trim(content.substr(0, equals)).empty()) {
            good = false;
            problems.push_back(
                fmt::format("{}:{}: '{}' has no key: must be key = value", name, number, content));
        } else {
            result.lines.push_back(number);
        }
        result.clean += (good ? line : std::string()) + '\n';
    }
    return result;
}

// Stores values of one source; `dash` is what a user types before a key there.
void assign(KeySet& keys, const std::vector<Assignment>& assignments,
            const std::filesystem::path& folder, std::string_view dash,
            std::vector<std::string>& problems) {
    std::map<std::string, std::string> first_place;
    std::vector<std::string> names = keys.names();
    for (std::string& name : names) name.insert(0, dash);
    for (const Assignment& given : assignments) {
        const std::string shown = std::string(dash) + given.key;
        Key* key = keys.find(given.key);
        if (key == nullptr) {
            problems.push_back(fmt::format("{}: unknown key '{}'{}", given.place, shown,
                                           did_you_mean(shown, names)));
            continue;
        }
        if (const auto [first, fresh] = first_place.emplace(given.key, given.place); !fresh) {
            const bool lines = first->second != given.place;
            problems.push_back(fmt::format("{}: {} is given twice{}", given.place, shown,
                                           lines ? "; first in " + first->second : ""));
            continue;
        }
        const std::string_view value = trim(given.value);
        if (value.empty() && !(key->may_be_empty && !key->is_required)) {
            problems.push_back(
                fmt::format("{}: {} has no value: must be {}", given.place, shown, key->allowed));
            key->place = given.place;  // not missing as well
            continue;
        }
        const std::string problem = key->store(value, folder);
        key->place = given.place;
        if (!problem.empty())
            problems.push_back(fmt::format("{}: {} = {}: {}", given.place, shown, value, problem));
    }
}

void assign_overrides(KeySet& keys, const KeyValues& overrides,
                      std::vector<std::string>& problems) {
    std::vector<Assignment> assignments;
    for (const auto& [key, value] : overrides) assignments.push_back({key, value, "command line"});
    assign(keys, assignments, {}, "--", problems);
}

void check_complete(const KeySet& keys, const std::string& place, std::string_view dash,
                    std::vector<std::string>& problems) {
    for (const Key& key : keys.keys()) {
        if (!key.place.empty()) continue;
        if (key.is_required)
            problems.push_back(
                fmt::format("{}: {}{} is missing: must be {}", place, dash, key.name, key.allowed));
        else
            BITLOOM_CHECK(key.store(key.print(), {}).empty(), "the default of {}, {}, is {}",
                          key.name, key.default_value, key.allowed);
    }
}

}  // namespace

std::vector<Assignment> parse_ini(const std::string& name, const std::string& text,
                                  std::vector<std::string>& problems) {
    const Scan scanned = scan(name, text, problems);
    std::istringstream stream(scanned.clean);
    // Unknown keys are let through, to be reported together with their lines.
    const po::parsed_options parsed =
        po::parse_config_file(stream, po::options_description(), true);
    BITLOOM_CHECK(parsed.options.size() == scanned.lines.size(),
                  "Boost found {} assignments in {}, the scan {}", parsed.options.size(), name,
                  scanned.lines.size());
    std::vector<Assignment> assignments;
    for (std::size_t i = 0; i < scanned.lines.size(); ++i) {
        const po::option& option = parsed.options[i];
        BITLOOM_CHECK(option.value.size() == 1, "one value a line in {}", name);
        assignments.push_back(
            {option.string_key, option.value[0], fmt::format("{}:{}", name, scanned.lines[i])});
    }
    return assignments;
}

void store(KeySet& keys, const std::string& name, const std::vector<Assignment>& assignments,
           std::vector<std::string>& problems) {
    assign(keys, assignments, std::filesystem::path(name).parent_path(), "", problems);
    check_complete(keys, name, "", problems);
}

void throw_problems(const std::vector<std::string>& problems) {
    if (problems.empty()) return;
    std::string text;
    for (const std::string& problem : problems) text += (text.empty() ? "" : "\n") + problem;
    throw Error(text);
}

void read(KeySet& keys, const std::filesystem::path& ini, const KeyValues& overrides) {
    read_text(keys, ini, read_text(ini), overrides);
}

void read_text(KeySet& keys, const std::filesystem::path& name, const std::string& text,
               const KeyValues& overrides) {
    std::vector<std::string> problems;
    const std::vector<Assignment> assignments = parse_ini(name.string(), text, problems);
    assign(keys, assignments, name.parent_path(), "", problems);
    assign_overrides(keys, overrides, problems);
    check_complete(keys, name.string(), "", problems);
    throw_problems(problems);
}

std::string peek(std::string_view key, const std::filesystem::path& ini,
                 const KeyValues& overrides) {
    return peek_text(key, ini, read_text(ini), overrides);
}

std::string peek_text(std::string_view key, const std::filesystem::path& name,
                      const std::string& text, const KeyValues& overrides) {
    for (const auto& [given, value] : overrides)
        if (given == key) return std::string(trim(value));
    std::vector<std::string> ignored;
    for (const Assignment& given : parse_ini(name.string(), text, ignored))
        if (given.key == key) return std::string(trim(given.value));
    return {};
}

void read_overrides(KeySet& keys, const KeyValues& overrides) {
    std::vector<std::string> problems;
    assign_overrides(keys, overrides, problems);
    check_complete(keys, "command line", "--", problems);
    throw_problems(problems);
}

std::map<std::string, std::string> resolved(const KeySet& keys) {
    std::map<std::string, std::string> values;
    for (const Key& key : keys.keys()) values[key.name] = key.print();
    return values;
}

}  // namespace bitloom
