// SPDX-License-Identifier: Apache-2.0
#include "models/base/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>

#include "models/base/error.h"

namespace bitloom {

namespace {

constexpr std::int64_t longest_text = 64LL << 20;  // bytes
constexpr std::size_t longest_line = 64UL << 10;   // bytes

// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

struct Inputs {
    std::mutex mutex;
    std::set<std::pair<std::uint64_t, std::uint64_t>> identities;
};

Inputs& inputs() {
    static Inputs all;
    return all;
}

}  // namespace

void note_input(std::uint64_t device, std::uint64_t inode) {
    const std::lock_guard lock(inputs().mutex);
    inputs().identities.emplace(device, inode);
}

bool is_input(std::uint64_t device, std::uint64_t inode) {
    const std::lock_guard lock(inputs().mutex);
    return inputs().identities.contains({device, inode});
}

std::string read_file(const std::filesystem::path& path, std::int64_t most_bytes) {
    const auto failed = [&path](int reason) {
        fail("{}: cannot read: {}", path.string(), std::strerror(reason));
    };
    // O_NONBLOCK: opening a pipe that nobody writes must not wait for ever.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.number() < 0) failed(errno);
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) failed(errno);
    if (S_ISDIR(status.st_mode)) failed(EISDIR);
    if (!S_ISREG(status.st_mode))
        fail("{}: cannot read: is a device or a pipe: must be a regular file", path.string());
    note_input(status.st_dev, status.st_ino);
    std::string text;
    const auto too_large = [&](std::int64_t size) {
        fail("{}: has {}{} bytes: at most {}", path.string(), size > most_bytes ? "" : "over ",
             size, most_bytes);
    };
    if (status.st_size > most_bytes) too_large(status.st_size);
    text.reserve(static_cast<std::size_t>(status.st_size));
    char block[65536];
    while (true) {
        const ssize_t count = ::read(file.number(), block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) failed(errno);
        if (count == 0) return text;
        // It may grow meanwhile, and files of /proc do not tell their size.
        if (std::ssize(text) + count > most_bytes) too_large(most_bytes);
        text.append(block, static_cast<std::size_t>(count));
    }
}

std::string checked_text(std::string text, const std::string& name) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
        fail("{}: is UTF-16: must be UTF-8", name);
    std::string result;
    result.reserve(text.size());
    int line = 1;
    for (std::size_t begin = 0; begin < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view content = std::string_view(text).substr(begin, end - begin);
        if (end < text.size() && content.ends_with('\r')) content.remove_suffix(1);
        if (content.size() > longest_line)
            fail("{}:{}: has {} bytes: a line has at most {}", name, line, content.size(),
                 longest_line);
        if (content.find('\0') != std::string_view::npos)
            fail("{}:{}: has a NUL: must be text", name, line);
        if (content.find('\r') != std::string_view::npos)
            fail("{}:{}: has a carriage return: lines end with LF or CR LF", name, line);
        result += content;
        if (end < text.size()) result += '\n';
        begin = end + 1;
    }
    return result;
}

std::string read_text(const std::filesystem::path& path) {
    return checked_text(read_file(path, longest_text), path.string());
}

}  // namespace bitloom
