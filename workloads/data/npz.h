// SPDX-License-Identifier: Apache-2.0
// numpy's .npz files: a zip archive with one .npy file an array.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workloads/trace/trace.h"

namespace bitloom {

class NpzFile {
public:
    // Throws Error for a file that is no zip archive, and as require_data_file does.
    explicit NpzFile(const std::filesystem::path& path);
    ~NpzFile();
    NpzFile(const NpzFile&) = delete;
    NpzFile& operator=(const NpzFile&) = delete;

    const std::vector<std::string>& names() const { return names_; }  // without .npy, in order
    bool has(const std::string& name) const;
    // Throws Error for an array that is not there, is larger than largest_data_bytes, or whose
    // bytes do not match their checksum, and as read_npy does.
    Tensor read(const std::string& name) const;

private:
    std::string file_;
    void* archive_ = nullptr;  // zip_t
    std::vector<std::string> names_;
};

}  // namespace bitloom
