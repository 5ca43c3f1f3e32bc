// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/file_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "models/base/error.h"
#include "models/base/output_file.h"

namespace bitloom {
namespace {

class FileCacheTest : public ::testing::Test {
protected:
    FileCacheTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "bitloom_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~FileCacheTest() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
};

TEST_F(FileCacheTest, FindsWhatWasStoredUnderTheSameKindAndKeyOnly) {
    const FileCache cache(folder_ / "new" / "deep");
    const std::string value("a\0b\n", 4);
    EXPECT_FALSE(cache.find("accuracy", {{"a", "1"}}));
    cache.store("accuracy", {{"a", "1"}}, value);
    EXPECT_EQ(cache.find("accuracy", {{"a", "1"}}), value);
    EXPECT_EQ(FileCache(folder_ / "new" / "deep").find("accuracy", {{"a", "1"}}), value);
    EXPECT_FALSE(cache.find("accuracy", {{"a", "2"}}));
    EXPECT_FALSE(cache.find("accuracy", {{"a", "1"}, {"b", ""}}));
    EXPECT_FALSE(cache.find("layers", {{"a", "1"}}));
}

TEST_F(FileCacheTest, AnEntryThatIsNotWholeCountsAsMissing) {
    const FileCache cache(folder_);
    const CacheKey key = {{"a", "1"}};
    cache.store("kind", key, "what it is worth");
    const std::string whole = read_file(cache.path("kind", key));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_file(cache.path("kind", key), whole.substr(0, size));
        EXPECT_FALSE(cache.find("kind", key)) << size;
        std::string changed = whole;
        changed[size] ^= 1;
        write_file(cache.path("kind", key), changed);
        EXPECT_FALSE(cache.find("kind", key)) << size;
    }
    cache.store("kind", key, "what it is worth");
    EXPECT_EQ(cache.find("kind", key), "what it is worth");
}

TEST_F(FileCacheTest, SaysWhyAFolderCannotBeMade) {
    write_file(folder_ / "file", "");
    const FileCache cache(folder_ / "file" / "cache");
    try {
        cache.store("kind", {}, "");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()), (folder_ / "file" / "cache").string() +
                                                 ": cannot make the folder: Not a directory");
    }
}

}  // namespace
}  // namespace bitloom
