// SPDX-License-Identifier: Apache-2.0
// A folder of results that are named by what they were made from.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bitloom {

// What a result depends on, all of it: pairs of a name and a value.
using CacheKey = std::vector<std::pair<std::string, std::string>>;

// Any number of processes may share the folder: an entry appears whole or not at all, and who makes
// one twice writes the same. An entry that a power failure or a hand has damaged is found by its
// checksum and counts as missing.
class FileCache {
public:
    // The folder is made with the first entry.
    explicit FileCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Where the entry of this kind ("accuracy") and key lies or would lie.
    std::filesystem::path path(std::string_view kind, const CacheKey& key,
                               std::string_view ending = "") const;

    std::optional<std::string> find(std::string_view kind, const CacheKey& key) const;
    // Throws Error when it cannot be written.
    void store(std::string_view kind, const CacheKey& key, std::string_view value) const;
    // Throws Error.
    void make_folder() const;

    const std::filesystem::path& folder() const { return folder_; }

private:
    std::filesystem::path folder_;
};

}  // namespace bitloom
