// SPDX-License-Identifier: Apache-2.0
// Runs a body in a process of its own: SystemC has one kernel a process, and a test may need
// several runs to compare. Fork before anything here has started threads.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>

namespace bitloom::test {

// What `body` returns; "exception: TEXT" when it throws, "died: status N" when the child does not
// end by itself.
template <class Body>
std::string in_child(Body body) {
    int ends[2];
    if (pipe(ends) != 0) return "died: no pipe";
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0) return "died: no process";
    if (child == 0) {
        close(ends[0]);
        std::string text;
        try {
            text = body();
        } catch (const std::exception& error) {
            text = std::string("exception: ") + error.what();
        }
        std::size_t sent = 0;
        while (sent < text.size()) {
            const ssize_t count = ::write(ends[1], text.data() + sent, text.size() - sent);
            if (count <= 0) _exit(2);
            sent += static_cast<std::size_t>(count);
        }
        _exit(0);  // no destructors: SystemC objects of the parent's kernel must not run theirs
    }
    close(ends[1]);
    std::string text;
    char buffer[65536];
    for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(count));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return "died: status " + std::to_string(status);
    return text;
}

}  // namespace bitloom::test
