// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/data_file.h"

#include "models/base/error.h"
#include "models/base/output_file.h"

namespace bitloom {

void require_data_file(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        fail("{}: cannot open: {}", path.string(), error ? error.message() : "No such file");
    if (!std::filesystem::is_regular_file(status)) fail("{}: is no regular file", path.string());
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) fail("{}: {}", path.string(), error.message());
    if (size > static_cast<std::uintmax_t>(largest_data_bytes))
        fail("{}: {} bytes: allowed: up to {}", path.string(), size, largest_data_bytes);
}

std::string read_data_file(const std::filesystem::path& path) {
    require_data_file(path);
    return read_file(path);
}

}  // namespace bitloom
