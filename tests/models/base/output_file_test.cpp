// SPDX-License-Identifier: Apache-2.0
#include "models/base/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>

#include "models/base/error.h"
#include "models/base/temporary_files.h"
#include "tests/support/in_child.h"

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

// Every byte that the device refuses is an error. The device is written through, not replaced.
TEST_F(OutputFileTest, FullDeviceIsAnError) {
    if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this system";
    const fs::path link = folder_ / "full";
    fs::create_symlink("/dev/full", link);
    for (const std::size_t size : {10, 1 << 20})
        EXPECT_EQ(error_of([&] { write_file(link, std::string(size, 'x')); }),
                  link.string() + ": cannot write: No space left on device");
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
    EXPECT_EQ(files(), 1);
}

// The old file and no temporary one stay when the system stops the write.
TEST_F(OutputFileTest, FileSizeLimitIsAnErrorAndTheOldFileStays) {
    write_file(file_, "old");
    const std::string said = test::in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100'000, 100'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        return error_of([&] { write_file(file_, std::string(1 << 20, 'x')); });
    });
    EXPECT_EQ(said, file_.string() + ": cannot write: File too large");
    EXPECT_EQ(read_file(file_), "old");
    EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, LinksAreFollowedAlsoToAFileThatIsNotThereYet) {
    fs::create_directories(folder_ / "data");
    fs::create_symlink("data/real.json", folder_ / "second");
    fs::create_symlink("second", file_);
    for (const std::string text : {"new", "replaced"}) {
        write_file(file_, text);
        EXPECT_TRUE(fs::is_symlink(file_));
        EXPECT_TRUE(fs::is_symlink(folder_ / "second"));
        EXPECT_EQ(read_file(folder_ / "data/real.json"), text);
    }
}

TEST_F(OutputFileTest, CircleOfLinksIsNamedAsSuch) {
    fs::create_symlink("b", folder_ / "a");
    fs::create_symlink("a", folder_ / "b");
    EXPECT_EQ(error_of([&] { write_file(folder_ / "a", "x"); }),
              (folder_ / "a").string() + ": cannot write: Too many levels of symbolic links");
}

TEST_F(OutputFileTest, ModeIsKeptAndANewFileHasTheUsersMask) {
    write_file(file_, "old");
    for (const auto mode : {0600, 0640, 0755}) {
        ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
        write_file(file_, "new");
        struct stat status {};
        ASSERT_EQ(::stat(file_.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, mode);
    }
    const mode_t before = ::umask(0027);
    write_file(folder_ / "masked", "x");
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / "masked").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST_F(OutputFileTest, PipesAreWrittenThrough) {
    ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
    const int reader = ::open(file_.c_str(), O_RDONLY | O_NONBLOCK);
    write_file(file_, "through");
    char bytes[16] = {};
    EXPECT_EQ(::read(reader, bytes, sizeof bytes), 7);
    EXPECT_STREQ(bytes, "through");
    ::close(reader);
    EXPECT_TRUE(fs::is_fifo(file_));
    EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, DashIsStandardOutput) {
    const std::string said = test::in_child([&] {
        const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT, 0644);
        ::dup2(file, STDOUT_FILENO);
        write_file("-", "dash ");
        write_file("/dev/stdout", "and name ");
        write_file(file_, "and path");  // the file that standard output is
        return std::string("done");
    });
    EXPECT_EQ(said, "done");
    EXPECT_EQ(read_file(file_), "dash and name and path");
    EXPECT_FALSE(fs::exists("-"));
}

TEST_F(OutputFileTest, NotedTemporariesAreRemovedByAHandler) {
    write_file(file_, "old");
    const std::string said = test::in_child([&] {
        OutputFile file(file_);
        file.write("new");
        const long with_temporary = files();
        remove_temporary_files();
        return fmt::format("{} {}", with_temporary, files());
    });
    EXPECT_EQ(said, "2 1");
    EXPECT_EQ(read_file(file_), "old");
}

// A process that was forked off has its own.
TEST_F(OutputFileTest, TemporariesOfTheParentAreNotThoseOfTheChild) {
    OutputFile file(file_);
    file.write("new");
    EXPECT_EQ(test::in_child([&] {
                  remove_temporary_files();
                  return fmt::format("{}", files());
              }),
              "1");
    file.commit();
    EXPECT_EQ(read_file(file_), "new");
}

}  // namespace
}  // namespace bitloom
