// SPDX-License-Identifier: Apache-2.0
// The temporary files of this process, so that a signal that ends it can remove them.
#pragma once

#include <string>

namespace bitloom {

// Notes the file while it lives; does not touch it. A process that was forked off notes its own.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& path);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

private:
    int slot_;  // -1: more than max_temporary_files, or a path that no system call takes
};

constexpr int max_temporary_files = 1024;

// Unlinks every noted file of this process. For signal handlers: async-signal-safe.
void remove_temporary_files() noexcept;

}  // namespace bitloom
