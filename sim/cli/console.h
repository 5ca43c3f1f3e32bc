// SPDX-License-Identifier: Apache-2.0
// Where the program prints. Nothing below sim/cli prints.
#pragma once

#include <cstdio>
#include <string_view>

#include "models/base/output_file.h"
#include "sim/report/text_style.h"

namespace bitloom {

// Makes a closed standard stream fail when it is written to, instead of letting the next opened
// file take its place. Called once, at the start.
void prepare_standard_streams();

class Console {
public:
    Console(std::FILE* out, std::FILE* error) : out_(out), error_(error) {}

    // What is printed from now on goes to the error stream: an output option has standard output.
    void leave_standard_output() { out_ = error_; }

    // Throws ReaderGone, or Error with the system's reason.
    void print(std::string_view text);
    void flush();

    // One line "bitloom: KIND: ..." for each line of the text, which may be foreign: one_line() of
    // text.h, at most 8,000 bytes each. Never throws.
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
