// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/run_program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bitloom::test {

namespace {

[[noreturn]] void execute(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::setenv("BITLOOM", BITLOOM_PROGRAM, 1);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

void finish(pid_t child, ProgramRun& run) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid failed");
    if (WIFEXITED(status)) run.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) run.signal = WTERMSIG(status);
}

// Appends what is there; false at the end.
bool read_some(int descriptor, std::string& text) {
    char block[65536];
    const ssize_t count = ::read(descriptor, block, sizeof block);
    if (count > 0) text.append(block, static_cast<std::size_t>(count));
    return count > 0;
}

ProgramRun run(const std::vector<std::string>& command) {
    int out[2], error[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(error, O_CLOEXEC) != 0)
        throw std::runtime_error("pipe failed");
    const pid_t child = ::fork();
    if (child == 0) {
        const int null = ::open("/dev/null", O_RDONLY);
        ::dup2(null, STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(error[1], STDERR_FILENO);
        execute(command);
    }
    if (child < 0) throw std::runtime_error("fork failed");
    ::close(out[1]);
    ::close(error[1]);
    ProgramRun result;
    pollfd streams[2] = {{out[0], POLLIN, 0}, {error[0], POLLIN, 0}};
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        if (::poll(streams, 2, -1) < 0 && errno != EINTR) throw std::runtime_error("poll failed");
        for (int i = 0; i < 2; ++i) {
            if (streams[i].fd < 0 || streams[i].revents == 0) continue;
            if (read_some(streams[i].fd, i == 0 ? result.output : result.error)) continue;
            ::close(streams[i].fd);
            streams[i].fd = -1;
        }
    }
    finish(child, result);
    return result;
}

std::vector<std::string> with_program(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), BITLOOM_PROGRAM);
    return arguments;
}

}  // namespace

ProgramRun run_bitloom(const std::vector<std::string>& arguments) {
    return run(with_program(arguments));
}

ProgramRun run_shell(const std::string& command) {
    return run({"/bin/sh", "-c", command});
}

ProgramRun run_bitloom_on_terminal(const std::vector<std::string>& arguments) {
    const std::vector<std::string> command = with_program(arguments);
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) execute(command);
    if (child < 0) throw std::runtime_error("forkpty failed");
    ProgramRun result;
    while (read_some(terminal, result.output)) {
    }
    ::close(terminal);
    finish(child, result);
    return result;
}

TemporaryFolder::TemporaryFolder() {
    std::string name = testing::TempDir() + "bitloom_cli_XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
    const std::string path = *this / name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
    return path;
}

}  // namespace bitloom::test
