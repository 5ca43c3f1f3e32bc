// SPDX-License-Identifier: Apache-2.0
// Reads a configuration into the targets of a KeySet.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/config/key_set.h"

namespace bitloom {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

// The .ini file (Boost.Program_options' form: [section], key = value, # comment), then the
// overrides of the command line. Throws Error that has every problem of both, one line each:
//     runs/a.ini:12: array.rows = 0: must be 1..1024
//     runs/a.ini:3: unknown key 'array.row'; did you mean 'array.rows'?
//     command line: --array.rows has no value: must be 1..1024
// After an Error, targets may hold a mixture of old and new values.
void read(KeySet& keys, const std::filesystem::path& ini, const KeyValues& overrides = {});

// The same for a file already in memory; `name` stands for it in messages and its folder is where
// relative paths start.
void read_text(KeySet& keys, const std::filesystem::path& name, const std::string& text,
               const KeyValues& overrides = {});

// The text given for one key, the command line's before the file's; empty where neither has it. For
// a key that decides which others there are; mistakes are left to read.
std::string peek(std::string_view key, const std::filesystem::path& ini,
                 const KeyValues& overrides = {});

// A command line alone.
void read_overrides(KeySet& keys, const KeyValues& overrides);

// Every key and its value, as text that reads back identically (a path: in the same working
// directory).
std::map<std::string, std::string> resolved(const KeySet& keys);

}  // namespace bitloom
