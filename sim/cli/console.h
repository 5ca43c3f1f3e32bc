// SPDX-License-Identifier: Apache-2.0
// Where the program prints. Nothing below sim/cli prints.
#pragma once

#include <cstdio>
#include <string_view>

#include "sim/report/text_style.h"

namespace bitloom {

// The reader of standard output has gone (`bitloom show formats | head -1`): no mistake of anybody.
struct ReaderGone {};

// Makes a closed standard stream fail when it is written to, instead of letting the next opened
// file take its place, and turns SIGPIPE into an error of the write. Called once, at the start.
void prepare_standard_streams();

class Console {
public:
    Console(std::FILE* out, std::FILE* error) : out_(out), error_(error) {}

    // Throws ReaderGone, or Error with the system's reason.
    void print(std::string_view text);
    void flush();

    // One line "bitloom: KIND: ..." for each line of the text. Never throws.
    void report(std::string_view kind, std::string_view text) noexcept;

    // How texts on standard output are laid out. Width: the variable COLUMNS, else the terminal's;
    // of a pipe or file without it, unlimited. Names are elided on a terminal alone. Colours: on a
    // terminal, unless NO_COLOR (no-color.org) is set or TERM is dumb.
    TextStyle style() const;

    std::FILE* error_stream() const { return error_; }

private:
    [[noreturn]] void write_failed();

    std::FILE* out_;
    std::FILE* error_;
};

}  // namespace bitloom
