// SPDX-License-Identifier: Apache-2.0
#include "models/base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "models/base/error.h"
#include "models/base/temporary_files.h"

namespace bitloom {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(const fs::path& path, int reason) {
    fail("{}: cannot write: {}", path.string(), std::strerror(reason));
}

// The standard stream that writes to what `status` is of; -1: none does.
int standard_stream(const struct stat& status) {
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
        struct stat of_stream {};
        if (::fstat(stream, &of_stream) == 0 && of_stream.st_dev == status.st_dev &&
            of_stream.st_ino == status.st_ino)
            return stream;
    }
    return -1;
}

bool is_null(const struct stat& status) {
    return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

OutputTarget existing_target(const fs::path& path, const struct stat& status) {
    OutputTarget target;
    target.exists = true;
    target.device = status.st_dev;
    target.inode = status.st_ino;
    target.mode = status.st_mode & 07777;
    target.owner = status.st_uid;
    target.group = status.st_gid;
    target.is_null_device = is_null(status);
    if (!target.is_null_device) target.stream = standard_stream(status);
    if (S_ISDIR(status.st_mode))
        target.kind = OutputTarget::Kind::folder;
    else if (!S_ISREG(status.st_mode) || target.stream >= 0)
        target.kind = OutputTarget::Kind::through;
    target.real = path;
    if (target.kind == OutputTarget::Kind::regular) {
        std::error_code error;
        target.real = fs::canonical(path, error);
        if (error) cannot_write(path, error.value());
    }
    return target;
}

OutputTarget standard_output() {
    struct stat status {};
    if (::fstat(STDOUT_FILENO, &status) != 0) cannot_write("standard output", errno);
    OutputTarget target;
    target.kind = OutputTarget::Kind::through;
    target.real = "standard output";
    target.exists = true;
    target.device = status.st_dev;
    target.inode = status.st_ino;
    target.stream = STDOUT_FILENO;
    target.is_null_device = is_null(status);
    return target;
}

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// A rename or a new file is lost in a power failure until its folder is on the disk. Some file
// systems cannot sync a folder.
void sync_folder(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    ::fsync(file);
    ::close(file);
}

}  // namespace

OutputTarget output_target(const fs::path& path) {
    constexpr int most_links = 40;  // as Linux
    if (path == "-") return standard_output();
    fs::path at = path;
    for (int i = 0; i < most_links; ++i) {
        struct stat status {};
        if (::stat(at.c_str(), &status) == 0) return existing_target(at, status);
        if (errno != ENOENT) cannot_write(path, errno);
        if (::lstat(at.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
            std::error_code error;
            const fs::path next = fs::read_symlink(at, error);
            if (error) cannot_write(path, error.value());
            at = folder_of(at) / next;
            continue;
        }
        if (!at.has_filename()) cannot_write(path, path.empty() ? ENOENT : EISDIR);
        OutputTarget target;
        std::error_code error;
        target.real = fs::canonical(folder_of(at), error) / at.filename();
        if (error) cannot_write(path, error.value());
        return target;
    }
    cannot_write(path, ELOOP);
}

std::string output_problem(const OutputTarget& target) {
    if (target.kind == OutputTarget::Kind::folder) return std::strerror(EISDIR);
    if (target.stream >= 0) {
        const int flags = ::fcntl(target.stream, F_GETFL);
        return flags < 0 || (flags & O_ACCMODE) == O_RDONLY ? std::strerror(EBADF) : "";
    }
    const auto refused = [](const fs::path& path, int use) {
        return ::faccessat(AT_FDCWD, path.c_str(), use, AT_EACCESS) != 0;
    };
    if (target.exists && refused(target.real, W_OK)) return std::strerror(errno);
    if (target.kind == OutputTarget::Kind::regular &&
        refused(target.real.parent_path(), W_OK | X_OK))
        return fmt::format("no new file in its folder: {}", std::strerror(errno));
    return {};
}

struct OutputFile::State {
    fs::path path;  // as given, for messages
    Durability durability;
    OutputTarget target;
    std::string temporary;  // empty: written through
    std::unique_ptr<TemporaryFile> noted;
    std::FILE* file = nullptr;

    ~State() {
        if (file != nullptr) std::fclose(file);
        if (!temporary.empty()) ::unlink(temporary.c_str());
    }

    [[noreturn]] void failed(int reason) const {
        if (reason == EPIPE && target.stream == STDOUT_FILENO) throw ReaderGone{};
        cannot_write(path, reason);
    }

    void open_through() {
        int opened = -1;
        do {
            opened = target.stream >= 0 ? ::fcntl(target.stream, F_DUPFD_CLOEXEC, 0)
                                        : ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
        } while (opened < 0 && errno == EINTR);
        use(opened);
    }

    // What is being written is no more readable than what it replaces.
    void open_temporary() {
        static std::atomic<unsigned> next{0};
        int opened = -1;
        do {
            temporary =
                target.real.parent_path() / fmt::format(".bitloom-{}-{}.tmp", ::getpid(), next++);
            noted = std::make_unique<TemporaryFile>(temporary);
            opened = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                            target.exists ? 0600 : 0666);
        } while (opened < 0 && errno == EEXIST);
        if (opened < 0) {
            const int reason = errno;
            temporary.clear();
            failed(reason);
        }
        use(opened);
    }

    void use(int opened) {
        if (opened < 0) failed(errno);
        file = ::fdopen(opened, "wb");
        if (file == nullptr) {
            const int reason = errno;
            ::close(opened);
            failed(reason);
        }
    }

    void keep_mode() const {
        const int number = ::fileno(file);
        // The set-user-id bits belong to the owner that the file had.
        const bool owned = ::fchown(number, target.owner, target.group) == 0;
        ::fchmod(number, target.mode & (owned ? 07777U : 0777U));
    }

    void finish() {
        if (file == nullptr) return;
        if (std::fflush(file) != 0) failed(errno);
        if (!temporary.empty()) {
            if (target.exists) keep_mode();
            const bool synced = durability != Durability::synced || ::fsync(::fileno(file)) == 0;
            if (!synced && errno != EINVAL && errno != ENOTSUP) failed(errno);
        }
        std::FILE* const closed = std::exchange(file, nullptr);
        if (std::fclose(closed) != 0) failed(errno);
    }
};

OutputFile::OutputFile(fs::path path, Durability durability) : state_(std::make_unique<State>()) {
    state_->path = std::move(path);
    state_->durability = durability;
    state_->target = output_target(state_->path);
    if (state_->target.kind == OutputTarget::Kind::folder) cannot_write(state_->path, EISDIR);
    if (state_->target.kind == OutputTarget::Kind::through) {
        state_->open_through();
        return;
    }
    // A file that its owner has made read-only stays, though its folder would allow the rename.
    if (const std::string problem = output_problem(state_->target); !problem.empty())
        fail("{}: cannot write: {}", state_->path.string(), problem);
    state_->open_temporary();
}

OutputFile::~OutputFile() = default;

void OutputFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), state_->file) != bytes.size())
        state_->failed(errno);
}

void OutputFile::write(std::span<const std::byte> bytes) {
    write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void OutputFile::finish() {
    state_->finish();
}

void OutputFile::commit() {
    finish();
    if (state_->temporary.empty()) return;
    if (::rename(state_->temporary.c_str(), state_->target.real.c_str()) != 0)
        state_->failed(errno);
    state_->temporary.clear();
    state_->noted.reset();
    if (state_->durability == Durability::synced) sync_folder(state_->target.real.parent_path());
}

void write_file(const fs::path& path, std::string_view text, Durability durability) {
    OutputFile file(path, durability);
    file.write(text);
    file.commit();
}

}  // namespace bitloom
