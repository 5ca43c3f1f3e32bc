// SPDX-License-Identifier: Apache-2.0
#include "models/base/output_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "models/base/error.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) /
                  fmt::format("bitloom_output_file_{}_{}", ::getpid(),
                              testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        file_ = folder_ / "result.json";
    }
    void TearDown() override { fs::remove_all(folder_); }

    long files() const {
        return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
    }

    fs::path folder_;
    fs::path file_;
};

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST_F(OutputFileTest, AppearsWithAllItsBytesAtCommitAndNotBefore) {
    const std::string text("line\n\0\xff tail", 13);
    OutputFile file(file_);
    file.write(text);
    file.write(std::as_bytes(std::span(text)));
    EXPECT_FALSE(fs::exists(file_));
    file.commit();
    EXPECT_EQ(read_file(file_), text + text);
    EXPECT_EQ(files(), 1) << "the temporary file is gone";
}

TEST_F(OutputFileTest, WithoutCommitNothingIsLeft) {
    {
        OutputFile file(file_);
        file.write("half of a resu");
        EXPECT_EQ(files(), 1) << "a temporary file beside the result";
    }
    EXPECT_EQ(files(), 0);
}

TEST_F(OutputFileTest, OldFileStaysWholeUntilCommit) {
    write_file(file_, "old");
    {
        OutputFile abandoned(file_);
        abandoned.write("new");
        EXPECT_EQ(read_file(file_), "old");
    }
    EXPECT_EQ(read_file(file_), "old");
    write_file(file_, "new");
    EXPECT_EQ(read_file(file_), "new");
    EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, LargeAndEmptyFilesReadBack) {
    std::string large(200001, 'x');
    for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 31 % 251);
    write_file(file_, large);
    EXPECT_EQ(read_file(file_), large);
    write_file(file_, "");
    EXPECT_EQ(read_file(file_), "");
}

TEST_F(OutputFileTest, UnwritablePathIsNamedWithTheReason) {
    const fs::path path = folder_ / "no_such_folder" / "result.json";
    EXPECT_EQ(error_of([&] { OutputFile file(path); }),
              path.string() + ": cannot write: No such file or directory");
}

TEST_F(OutputFileTest, PathThatIsAFolderIsAnErrorAndLeavesNoTemporary) {
    fs::create_directories(file_ / "inside");
    EXPECT_EQ(error_of([&] { write_file(file_, "text"); }),
              file_.string() + ": cannot write: Is a directory");
    EXPECT_EQ(files(), 1);
    EXPECT_TRUE(fs::exists(file_ / "inside"));
}

TEST_F(OutputFileTest, MissingFileCannotBeRead) {
    EXPECT_EQ(error_of([&] { read_file(file_); }),
              file_.string() + ": cannot read: No such file or directory");
}

// fopen opens a folder for reading; the read then fails.
TEST_F(OutputFileTest, FolderCannotBeRead) {
    EXPECT_EQ(error_of([&] { read_file(folder_); }),
              folder_.string() + ": cannot read: Is a directory");
}

// Every byte that the device refuses is an error, not a short file.
TEST_F(OutputFileTest, FullDeviceIsAnError) {
    if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this system";
    const fs::path temporary = folder_ / fmt::format("result.json.{}.tmp", ::getpid());
    fs::create_symlink("/dev/full", temporary);
    EXPECT_EQ(error_of([&] { write_file(file_, "small, so that only the flush fails"); }),
              file_.string() + ": cannot write: No space left on device");
    EXPECT_FALSE(fs::exists(file_));
    fs::create_symlink("/dev/full", temporary);
    EXPECT_EQ(error_of([&] { write_file(file_, std::string(1 << 20, 'x')); }),
              file_.string() + ": cannot write: No space left on device");
    EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace bitloom
