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

// One assignment of an .ini file, and where it stands.
struct Assignment {
    std::string key;    // "array.rows"
    std::string value;  // without the comment
    std::string place;  // "runs/a.ini:12"
};

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

// For a file that is more than one KeySet: its assignments in order. Lines that are neither section
// nor assignment are left out and become problems, as in read().
std::vector<Assignment> parse_ini(const std::string& name, const std::string& text,
                                  std::vector<std::string>& problems);
// Stores assignments of a file as read() does, and checks that required keys are there. Throws
// nothing: what is wrong is appended to `problems`.
void store(KeySet& keys, const std::string& name, const std::vector<Assignment>& assignments,
           std::vector<std::string>& problems);
// Throws one Error with a line a problem; returns when there is none.
void throw_problems(const std::vector<std::string>& problems);

// The text given for one key, the command line's before the file's; empty where neither has it. For
// a key that decides which others there are; mistakes are left to read.
std::string peek(std::string_view key, const std::filesystem::path& ini,
                 const KeyValues& overrides = {});
std::string peek_text(std::string_view key, const std::filesystem::path& name,
                      const std::string& text, const KeyValues& overrides = {});

// A command line alone.
void read_overrides(KeySet& keys, const KeyValues& overrides);

// Every key and its value, as text that reads back identically (a path: in the same working
// directory).
std::map<std::string, std::string> resolved(const KeySet& keys);

}  // namespace bitloom
