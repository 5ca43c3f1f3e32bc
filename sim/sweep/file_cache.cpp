// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/file_cache.h"

#include <fmt/format.h>

#include <system_error>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/sweep/content_hash.h"

namespace bitloom {

namespace {

constexpr std::size_t checksum_digits = 64;

}  // namespace

std::filesystem::path FileCache::path(std::string_view kind, const CacheKey& key,
                                      std::string_view ending) const {
    return folder_ / fmt::format("{}-{}{}", kind, sha256_of_pairs(key), ending);
}

std::optional<std::string> FileCache::find(std::string_view kind, const CacheKey& key) const {
    const std::filesystem::path file = path(kind, key);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) return std::nullopt;
    const std::string text = read_file(file);
    if (text.size() < checksum_digits) return std::nullopt;
    std::string value = text.substr(checksum_digits);
    if (text.compare(0, checksum_digits, sha256(value)) != 0) return std::nullopt;
    return value;
}

void FileCache::store(std::string_view kind, const CacheKey& key, std::string_view value) const {
    make_folder();
    // Not synced: what a power failure damages is found and made again.
    write_file(path(kind, key), fmt::format("{}{}", sha256(value), value), Durability::renamed);
}

void FileCache::make_folder() const {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) fail("{}: cannot make the folder: {}", folder_.string(), error.message());
}

}  // namespace bitloom
