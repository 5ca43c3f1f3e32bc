// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/onnx_external.h"

#include <algorithm>
#include <charconv>
#include <fstream>

#include "models/base/error.h"
#include "workloads/trace/names.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;

std::int64_t number(const std::string& place, const std::string& key, const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0)
        fail("{}: external data: {} = {}: must be a number of bytes", place, key, shown(text));
    return value;
}

// The real path of the file, which must not lead out of the folder.
fs::path inside(const std::string& place, const fs::path& folder, const std::string& location) {
    const auto wrong = [&](const char* what) {
        fail("{}: external data: location = {}: {}", place, shown(location), what);
    };
    const fs::path relative = location;
    if (location.empty() || location.find('\0') != std::string::npos || relative.is_absolute() ||
        std::find(relative.begin(), relative.end(), "..") != relative.end())
        wrong("must be a path inside the folder of the ONNX file");
    std::error_code error;
    const fs::path base = fs::canonical(folder.empty() ? fs::path(".") : folder, error);
    const fs::path real = fs::canonical(base / relative, error);
    if (error)
        fail("{}: external data: location = {}: {}", place, shown(location), error.message());
    if (std::mismatch(base.begin(), base.end(), real.begin(), real.end()).first != base.end())
        wrong("leads out of the folder of the ONNX file");
    if (!fs::is_regular_file(real, error)) wrong("must be a file");
    return real;
}

}  // namespace

std::string read_external_data(const std::string& place, const fs::path& folder,
                               const std::map<std::string, std::string>& entries,
                               std::int64_t needed) {
    std::string location;
    std::int64_t offset = 0, length = needed;
    for (const auto& [key, value] : entries) {
        if (key == "location")
            location = value;
        else if (key == "offset")
            offset = number(place, key, value);
        else if (key == "length")
            length = number(place, key, value);
        else if (key != "checksum")
            fail("{}: external data: unknown key {}: must be location, offset, length or checksum",
                 place, shown(key));
    }
    const fs::path path = inside(place, folder, location);
    if (length != needed)
        fail("{}: external data: length = {}: the tensor needs {} bytes", place, length, needed);
    std::error_code error;
    const auto size = static_cast<std::int64_t>(fs::file_size(path, error));
    if (error || offset > size || needed > size - offset)
        fail("{}: external data: bytes {} to {} of {}: the file has {}", place, offset,
             static_cast<std::uint64_t>(offset) + static_cast<std::uint64_t>(needed),
             shown(location), size);
    std::string bytes(static_cast<std::size_t>(needed), '\0');
    std::ifstream stream(path, std::ios::binary);
    stream.seekg(offset);
    stream.read(bytes.data(), needed);
    if (!stream) fail("{}: external data: cannot read {}", place, shown(location));
    return bytes;
}

}  // namespace bitloom
