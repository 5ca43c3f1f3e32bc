// SPDX-License-Identifier: Apache-2.0
// Tensors whose data lie in a file beside the ONNX file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace bitloom {

// `entries` is the tensor's external_data: location (relative to `folder`), offset and length in
// bytes. Returns the `needed` bytes. The file must lie inside the folder, symbolic links followed.
// Sizes are checked before anything is allocated. Throws Error whose text starts with `place`.
std::string read_external_data(const std::string& place, const std::filesystem::path& folder,
                               const std::map<std::string, std::string>& entries,
                               std::int64_t needed);

}  // namespace bitloom
