// SPDX-License-Identifier: Apache-2.0
#include "models/base/input_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>

#include "models/base/error.h"
#include "models/base/output_file.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;

class InputFileTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) /
                  fmt::format("bitloom_input_file_{}_{}", ::getpid(),
                              testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        file_ = folder_ / "chip.ini";
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path folder_, file_;
};

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST_F(InputFileTest, MissingFileCannotBeRead) {
    EXPECT_EQ(error_of([&] { read_file(file_); }),
              file_.string() + ": cannot read: No such file or directory");
}

TEST_F(InputFileTest, FolderCannotBeRead) {
    EXPECT_EQ(error_of([&] { read_file(folder_); }),
              folder_.string() + ": cannot read: Is a directory");
}

TEST_F(InputFileTest, DevicesAndPipesAreRefusedWithoutWaiting) {
    ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
    for (const fs::path& path : {file_, fs::path("/dev/zero"), fs::path("/dev/null")})
        EXPECT_EQ(error_of([&] { read_file(path); }),
                  path.string() + ": cannot read: is a device or a pipe: must be a regular file");
}

TEST_F(InputFileTest, SizeIsCheckedBeforeAnythingIsRead) {
    write_file(file_, "123456");
    EXPECT_EQ(read_file(file_, 6), "123456");
    EXPECT_EQ(error_of([&] { read_file(file_, 5); }), file_.string() + ": has 6 bytes: at most 5");
    ASSERT_EQ(::truncate(file_.c_str(), 1LL << 40), 0);
    EXPECT_EQ(error_of([&] { read_text(file_); }),
              file_.string() + ": has 1099511627776 bytes: at most 67108864");
    // It does not tell its size.
    EXPECT_EQ(error_of([] { read_file("/proc/self/maps", 10); }),
              "/proc/self/maps: has over 10 bytes: at most 10");
}

TEST_F(InputFileTest, TextComesWithoutByteOrderMarkAndCarriageReturns) {
    EXPECT_EQ(checked_text("\xef\xbb\xbf[a]\r\nb = 1\r\n\r\nc = 2", "f"), "[a]\nb = 1\n\nc = 2");
    EXPECT_EQ(checked_text("a\nb\n", "f"), "a\nb\n");
    EXPECT_EQ(checked_text("", "f"), "");
}

TEST_F(InputFileTest, WhatIsNoTextIsNamedWithItsLine) {
    using std::string_literals::operator""s;
    EXPECT_EQ(error_of([] { checked_text("a\nb\0c\n"s, "f"); }), "f:2: has a NUL: must be text");
    EXPECT_EQ(error_of([] { checked_text("a\n\rb\n", "f"); }),
              "f:2: has a carriage return: lines end with LF or CR LF");
    EXPECT_EQ(error_of([] {
                  checked_text(
                      "\xff\xfe"
                      "a\0"s,
                      "f");
              }),
              "f: is UTF-16: must be UTF-8");
    EXPECT_EQ(error_of([] { checked_text("a\n" + std::string(65537, 'x'), "f"); }),
              "f:2: has 65537 bytes: a line has at most 65536");
    EXPECT_EQ(checked_text(std::string(65536, 'x'), "f").size(), 65536U);
}

TEST_F(InputFileTest, EveryFileThatWasReadIsAnInput) {
    write_file(file_, "x");
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    read_file(file_);
    EXPECT_TRUE(is_input(status.st_dev, status.st_ino));
    EXPECT_FALSE(is_input(status.st_dev, ~std::uint64_t{0}));
}

}  // namespace
}  // namespace bitloom
