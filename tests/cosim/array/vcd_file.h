// SPDX-License-Identifier: Apache-2.0
// Reads back the waveforms that tests compare.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "models/base/output_file.h"

namespace bitloom::test {

// By full name ("TOP.a.b[3]"): the times at which a signal changes, and its new value in binary
// without leading zeros. Repeated values are not changes.
using Waveform = std::map<std::string, std::vector<std::pair<std::uint64_t, std::string>>>;

inline Waveform read_vcd(const std::filesystem::path& path) {
    std::istringstream text(read_file(path));
    Waveform waveform;
    std::map<std::string, std::vector<std::string>> names;  // by identifier
    std::vector<std::string> scopes;
    std::uint64_t time = 0;
    const auto change = [&](const std::string& identifier, std::string value) {
        const std::size_t one = value.find('1');
        value = one == std::string::npos ? "0" : value.substr(one);
        for (const std::string& name : names.at(identifier)) {
            auto& changes = waveform[name];
            if (changes.empty() || changes.back().second != value)
                changes.emplace_back(time, value);
        }
    };
    for (std::string line; std::getline(text, line);) {
        std::istringstream words(line);
        std::string word;
        if (!(words >> word)) continue;
        if (word == "$scope") {
            std::string kind, name;
            words >> kind >> name;
            scopes.push_back(name);
        } else if (word == "$upscope") {
            scopes.pop_back();
        } else if (word == "$var") {
            std::string kind, bits, identifier, name, full;
            words >> kind >> bits >> identifier >> name;
            for (const std::string& scope : scopes) full += scope + ".";
            names[identifier].push_back(full + name);
            waveform[full + name];
        } else if (word[0] == '#') {
            time = std::stoull(word.substr(1));
        } else if (word[0] == 'b') {
            std::string identifier;
            words >> identifier;
            change(identifier, word.substr(1));
        } else if (word[0] == '0' || word[0] == '1') {
            change(word.substr(1), word.substr(0, 1));
        }
    }
    return waveform;
}

}  // namespace bitloom::test
