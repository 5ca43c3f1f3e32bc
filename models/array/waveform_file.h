// SPDX-License-Identifier: Apache-2.0
// Where an array writes its waveform.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "models/base/error.h"
#include "models/base/output_file.h"

namespace bitloom {

// A write that fails is kept until commit(): it happens inside the simulation, through which an
// exception would not pass.
class WaveformFile {
public:
    // Throws Error where the file cannot be made.
    explicit WaveformFile(const std::filesystem::path& path) : path_(path), file_(path) {}

    const std::filesystem::path& path() const { return path_; }

    void write(std::string_view bytes) {
        if (!problem_.empty()) return;
        try {
            file_.write(bytes);
        } catch (const Error& error) {
            problem_ = error.what();
        }
    }

    // After the array is gone, which writes its last edge then. Throws Error of any write.
    void commit() {
        if (!problem_.empty()) throw Error(problem_);
        file_.commit();
    }

private:
    const std::filesystem::path path_;
    OutputFile file_;
    std::string problem_;  // empty: none
};

}  // namespace bitloom
