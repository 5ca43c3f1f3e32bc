// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/slurm/command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "models/base/error.h"

namespace bitloom {

namespace {

// A file without a name that holds one output: never full as a pipe can be.
class Capture {
public:
    Capture() : file_(std::tmpfile(), &std::fclose) {
        if (!file_) fail("cannot make a temporary file: {}", std::strerror(errno));
        ::fcntl(descriptor(), F_SETFD, FD_CLOEXEC);
    }
    int descriptor() const { return ::fileno(file_.get()); }
    std::string text() const {
        std::string result;
        char block[4096];
        std::rewind(file_.get());
        while (const std::size_t count = std::fread(block, 1, sizeof block, file_.get()))
            result.append(block, count);
        return result;
    }

private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace

CommandResult run_command(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);

    const Capture output, error;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output.descriptor(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, error.descriptor(), STDERR_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t child = 0;
    const int code =
        ::posix_spawnp(&child, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (code == ENOENT) return {.exit_code = CommandResult::not_found, .output = {}, .error = {}};
    if (code != 0) fail("cannot run {}: {}", command[0], std::strerror(code));

    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) fail("cannot wait for {}: {}", command[0], std::strerror(errno));
    return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .output = output.text(),
            .error = error.text()};
}

std::string shell_word(const std::string& text) {
    std::string word = "'";
    for (const char each : text) {
        if (each == '\'')
            word += "'\\''";
        else
            word += each;
    }
    return word + "'";
}

}  // namespace bitloom
