// SPDX-License-Identifier: Apache-2.0
// A verb of the program: `bitloom VERB WORDS... --options`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/console.h"
#include "sim/config/read.h"

namespace bitloom {

// What a user typed after the verb, options apart (these are in the command's own members).
struct Arguments {
    std::string command;  // the whole line, as a shell reads it
    std::vector<std::string> words;
    KeyValues chip_keys;  // --array.rows 64: an option with a dot is a key of the chip
    std::filesystem::path data_folder;  // of chips and networks named without a path
};

class Command {
public:
    virtual ~Command() = default;

    virtual std::string_view name() const = 0;
    virtual std::string_view summary() const = 0;  // one line of the general help
    virtual std::string_view usage() const = 0;    // "run CHIP TRACE|NETWORK [options]"
    virtual std::string_view details()
        const = 0;  // paragraphs below the usage; ends with a newline
    virtual std::string_view examples() const = 0;  // one a line, indented by two
    virtual bool takes_chip_keys() const { return false; }
    virtual void declare(KeySet& options) = 0;  // targets are members of the command

    // Returns the exit code. Throws Error for a mistake of the user's.
    virtual int run(const Arguments& arguments, const KeySet& options, Console& console) = 0;
};

// Every verb, in the order of the help.
std::vector<std::unique_ptr<Command>> all_commands();

}  // namespace bitloom
