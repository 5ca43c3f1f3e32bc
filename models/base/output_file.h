// SPDX-License-Identifier: Apache-2.0
// Output files: regular files appear whole or not at all, everything else is written through.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "models/base/input_file.h"

namespace bitloom {

// The reader of standard output has gone (`bitloom show formats | head -1`): no mistake of anybody.
struct ReaderGone {};

// What a path leads to, symbolic links followed, also a link to a file that is not there yet.
struct OutputTarget {
    enum class Kind { regular, through, folder };
    // regular: a file, or nothing yet; through: "-" (standard output), a device, a pipe, a socket,
    // or what standard output or standard error writes to.
    Kind kind = Kind::regular;
    std::filesystem::path real;  // of a regular file: without links
    bool exists = false;
    std::uint64_t device = 0, inode = 0;  // of what exists
    std::uint32_t mode = 0, owner = 0, group = 0;
    int stream = -1;              // the standard stream that it is
    bool is_null_device = false;  // takes any number of outputs
};

// Throws Error with the path and the system's reason where the path cannot be followed.
OutputTarget output_target(const std::filesystem::path& path);

// Whether it could be written now; else the system's reason.
std::string output_problem(const OutputTarget& target);

enum class Durability {
    synced,   // file and folder are synced: an output of the user's
    renamed,  // whole or not at all unless the power fails: what can be made again
};

// A regular file: a temporary file beside the real file, which commit() renames over it; a file
// that was there keeps its mode, a new one has the user's mask. Without commit() the temporary file
// is removed. What is written through is written as it comes. Every failure throws Error with the
// path and the system's reason; a reader of standard output that has gone, ReaderGone.
class OutputFile {
public:
    explicit OutputFile(std::filesystem::path path, Durability durability = Durability::synced);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void write(std::string_view bytes);
    void write(std::span<const std::byte> bytes);
    // All bytes are on their way to the disk and the file is closed; commit() only renames then.
    void finish();
    void commit();

private:
    struct State;
    std::unique_ptr<State> state_;
};

void write_file(const std::filesystem::path& path, std::string_view text,
                Durability durability = Durability::synced);

}  // namespace bitloom
