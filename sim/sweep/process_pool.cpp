// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/process_pool.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "models/base/error.h"

namespace bitloom {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kept_stderr = 4096;
constexpr int tick_ms = 100;

// What a child sends: a letter, then the text, then the end of the pipe. `complete` marks that all
// was sent: a child that dies while it writes must not pass for one that was done.
enum Letter : char { result = 'R', error = 'E', fault = 'F', memory = 'M', complete = '.' };

double seconds_between(Clock::time_point begin, Clock::time_point end) {
    return std::chrono::duration<double>(end - begin).count();
}

// A file descriptor that closes itself.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }
    void close() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }
    int number() const { return number_; }

private:
    int number_ = -1;
};

struct Pipe {
    Descriptor read, write;

    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            fail("cannot start a process: no pipe: {}", std::strerror(errno));
        read = Descriptor(ends[0]);
        write = Descriptor(ends[1]);
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    }
};

void write_all(int file, const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t written = ::write(file, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) ::_exit(1);  // the caller is gone
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
}

void send(int file, Letter letter, const char* text, std::size_t size) {
    const char begin = letter, end = complete;
    write_all(file, &begin, 1);
    write_all(file, text, size);
    write_all(file, &end, 1);
}

[[noreturn]] void run_child(std::size_t index, const PoolOptions& options, pid_t parent,
                            const std::function<std::string(std::size_t)>& work, int results,
                            int errors) {
    ::setpgid(0,
              0);  // its own children are killed with it, and a terminal's Ctrl-C is the caller's
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // died before the line above
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(number, SIG_DFL);
    const int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, STDIN_FILENO);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    if (options.memory_bytes > 0) {
        const auto bytes = static_cast<rlim_t>(options.memory_bytes);
        const rlimit limit{bytes, bytes};
        ::setrlimit(RLIMIT_AS, &limit);
    }
    try {
        const std::string text = work(index);
        send(results, result, text.data(), text.size());
    } catch (const std::bad_alloc&) {
        send(results, memory, "", 0);  // nothing here may allocate
    } catch (const Error& caught) {
        send(results, error, caught.what(), std::strlen(caught.what()));
    } catch (const std::exception& caught) {
        send(results, fault, caught.what(), std::strlen(caught.what()));
    } catch (...) {
        constexpr std::string_view text = "an exception of an unknown type";
        send(results, fault, text.data(), text.size());
    }
    ::_exit(0);
}

// One child.
struct Child {
    std::size_t index = 0;
    pid_t pid = 0;
    Clock::time_point begin;
    Descriptor results, errors;
    std::string received, said;
    std::optional<PointEnd> killed_for;

    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {  // only when something went wrong: an ended child has no pid
        if (pid == 0) return;
        kill();
        ::waitpid(pid, nullptr, 0);
    }

    void kill() const {
        ::kill(-pid, SIGKILL);
        ::kill(pid, SIGKILL);  // it may not have made its group yet
    }
};

std::unique_ptr<Child> start(std::size_t index, const PoolOptions& options,
                             const std::function<std::string(std::size_t)>& work) {
    auto child = std::make_unique<Child>();
    Pipe results, errors;
    child->index = index;
    child->begin = Clock::now();
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) fail("cannot start a process: {}", std::strerror(errno));
    if (pid == 0)
        run_child(index, options, parent, work, results.write.number(), errors.write.number());
    child->pid = pid;
    child->results = std::move(results.read);
    child->errors = std::move(errors.read);
    return child;
}

// Appends what is there. Closes the descriptor at its end.
void receive(Descriptor& from, std::string& to) {
    char buffer[65536];
    while (from.number() >= 0) {
        const ssize_t size = ::read(from.number(), buffer, sizeof buffer);
        if (size > 0) {
            to.append(buffer, static_cast<std::size_t>(size));
        } else if (size < 0 && errno == EINTR) {
            continue;
        } else if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        } else {
            from.close();
        }
    }
}

// The last line of what a crashed child said, as " (...)"; empty when it said nothing.
std::string last_words(std::string said) {
    while (!said.empty() && static_cast<unsigned char>(said.back()) <= ' ') said.pop_back();
    const std::size_t line = said.rfind('\n');
    if (line != std::string::npos) said.erase(0, line + 1);
    return said.empty() ? said : ": " + said;
}

std::string bytes_text(std::int64_t bytes) {
    if (bytes % (1 << 20) == 0) return fmt::format("{} MiB", bytes >> 20);
    return fmt::format("{} B", bytes);
}

PointOutcome outcome_of(Child& child, int status, const rusage& usage, const PoolOptions& options) {
    PointOutcome outcome;
    outcome.index = child.index;
    outcome.seconds = seconds_between(child.begin, Clock::now());
    outcome.peak_bytes = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
    const std::string& text = child.received;
    const bool whole = text.size() >= 2 && text.back() == complete && WIFEXITED(status) &&
                       WEXITSTATUS(status) == 0;
    if (whole) {
        std::string inside = text.substr(1, text.size() - 2);
        switch (text.front()) {
            case result:
                outcome.end = PointEnd::result;
                outcome.result = std::move(inside);
                return outcome;
            case error:
                outcome.end = PointEnd::error;
                break;
            case fault:
                outcome.end = PointEnd::fault;
                break;
            default:
                outcome.end = PointEnd::memory;
                inside = options.memory_bytes > 0 ? "needs more memory than its limit of " +
                                                        bytes_text(options.memory_bytes)
                                                  : "the system has no more memory for it";
        }
        outcome.message = std::move(inside);
    } else if (child.killed_for) {
        outcome.end = *child.killed_for;
        outcome.message = outcome.end == PointEnd::timeout
                              ? fmt::format("took more than its limit of {} s", options.timeout_s)
                              : "stopped";
    } else if (WIFSIGNALED(status)) {
        const int number = WTERMSIG(status);
        outcome.message = fmt::format("died of signal {} ({}){}", number, ::strsignal(number),
                                      number == SIGKILL ? ": killed from outside, perhaps because "
                                                          "the system had no more memory"
                                                        : last_words(child.said));
    } else {
        outcome.message = fmt::format("left the process with status {}{}", WEXITSTATUS(status),
                                      last_words(child.said));
    }
    return outcome;
}

class Pool {
public:
    Pool(const PoolOptions& options, const std::function<void(const PointOutcome&)>& done)
        : options_(options), done_(done) {}

    std::size_t running() const { return children_.size(); }
    void add(std::unique_ptr<Child> child) { children_.push_back(std::move(child)); }

    void stop() {
        for (const auto& child : children_) end(*child, PointEnd::stopped);
        stopped_ = stopped_ || !children_.empty();
    }
    bool stopped() const { return stopped_; }

    // Waits until something happens, at most a tick, and reports the children that ended.
    void wait() {
        std::vector<pollfd> files;
        for (const auto& child : children_)
            for (const Descriptor* file : {&child->results, &child->errors})
                if (file->number() >= 0) files.push_back({file->number(), POLLIN, 0});
        ::poll(files.data(), files.size(), until_next_limit());
        for (const auto& child : children_) {
            receive(child->results, child->received);
            receive(child->errors, child->said);
            if (child->said.size() > 2 * kept_stderr)
                child->said.erase(0, child->said.size() - kept_stderr);
            if (options_.timeout_s > 0.0 &&
                seconds_between(child->begin, Clock::now()) >= options_.timeout_s)
                end(*child, PointEnd::timeout);
        }
        reap();
    }

private:
    static void end(Child& child, PointEnd reason) {
        if (child.killed_for) return;
        child.killed_for = reason;
        child.kill();
    }

    int until_next_limit() const {
        double wait_s = tick_ms / 1000.0;
        for (const auto& child : children_) {
            // Its pipe has ended and it is about to: no event will tell.
            if (child->results.number() < 0) return 1;
            if (options_.timeout_s > 0.0 && !child->killed_for)
                wait_s = std::min(wait_s,
                                  options_.timeout_s - seconds_between(child->begin, Clock::now()));
        }
        return std::max(1, static_cast<int>(wait_s * 1000.0) + 1);
    }

    // By pid: other children of this process are not ours to wait for.
    void reap() {
        for (std::size_t i = 0; i < children_.size();) {
            Child& child = *children_[i];
            siginfo_t ended{};
            if (::waitid(P_PID, static_cast<id_t>(child.pid), &ended,
                         WEXITED | WNOHANG | WNOWAIT) != 0 ||
                ended.si_pid != child.pid) {
                ++i;
                continue;
            }
            // What it may have started. Its number cannot be given to others before it is reaped.
            ::kill(-child.pid, SIGKILL);
            int status = 0;
            rusage usage{};
            ::wait4(child.pid, &status, 0, &usage);
            child.pid = 0;
            receive(child.results, child.received);
            receive(child.errors, child.said);
            const PointOutcome outcome = outcome_of(child, status, usage, options_);
            children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
            done_(outcome);
        }
    }

    const PoolOptions& options_;
    const std::function<void(const PointOutcome&)>& done_;
    std::vector<std::unique_ptr<Child>> children_;
    bool stopped_ = false;  // children were killed for it
};

std::size_t threads_of_this_process() {
    std::error_code error;
    std::size_t count = 0;
    for (std::filesystem::directory_iterator each("/proc/self/task", error), end;
         !error && each != end; each.increment(error))
        ++count;
    return count;
}

}  // namespace

bool run_points(std::span<const std::size_t> indices, const PoolOptions& options,
                const std::function<std::string(std::size_t)>& work,
                const std::function<void(const PointOutcome&)>& done) {
    BITLOOM_CHECK(options.jobs >= 1, "a pool has at least one job");
    // A thread that was joined may still be listed for a moment.
    for (int i = 0; i < 50 && threads_of_this_process() > 1; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    BITLOOM_CHECK(threads_of_this_process() <= 1, "a process that forks points has one thread");
    Pool pool(options, done);
    std::size_t next = 0;
    bool stopping = false;  // starts no other
    while (next < indices.size() || pool.running() > 0) {
        if (options.drain && options.drain()) stopping = true;
        if (options.stop && options.stop()) {
            stopping = true;
            pool.stop();
        }
        if (stopping && pool.running() == 0) return false;
        while (!stopping && next < indices.size() && pool.running() < options.jobs)
            pool.add(start(indices[next++], options, work));
        pool.wait();
    }
    return next == indices.size() && !pool.stopped();
}

}  // namespace bitloom
