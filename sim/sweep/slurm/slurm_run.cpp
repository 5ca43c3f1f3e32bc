// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/slurm/slurm_run.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <set>
#include <thread>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/sweep/slurm/command.h"
#include "sim/sweep/slurm/slurm_queue.h"

namespace bitloom {

namespace {

namespace fs = std::filesystem;

// Held while this process uses a folder.
class FolderLock {
public:
    explicit FolderLock(const fs::path& folder) {
        std::error_code error;
        fs::create_directories(folder, error);
        const std::string path = (folder / "lock").string();
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (file_ < 0) fail("{}: cannot open: {}", path, std::strerror(errno));
        if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
            ::close(file_);
            fail("{}: another process submits the points of this sweep", folder.string());
        }
    }
    ~FolderLock() { ::close(file_); }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int file_ = -1;
};

// The last lines of a task's output, as one line.
std::string end_of_log(const fs::path& log) {
    constexpr std::size_t most = 400;
    std::error_code ignored;
    std::string text = fs::exists(log, ignored) ? read_file(log) : "";
    while (!text.empty() && text.back() == '\n') text.pop_back();
    if (text.size() > most) text.erase(0, text.size() - most);
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text.empty() ? "no output" : text;
}

// Why a task waits on a cluster that is merely busy.
bool is_usual(const std::string& reason) {
    return reason.empty() || reason == "None" || reason == "Resources" || reason == "Priority";
}

class Launcher {
public:
    Launcher(std::span<const SweepPoint> points, const SlurmOptions& options,
             const RecordDone& done)
        : options_(options), done_(done), folder_(fs::absolute(options.folder)), lock_(folder_) {
        for (const SweepPoint& point : points) {
            missing_.insert(point.hash);
            points_.push_back(&point);
        }
    }

    bool run() {
        take_over();
        for (int fruitless = 0; !missing_.empty();) {
            if (stopped()) return false;
            const std::size_t before = missing_.size();
            if (!run_job()) return false;
            fruitless = missing_.size() < before ? 0 : fruitless + 1;
            if (fruitless == options_.fruitless_jobs) give_up();
        }
        return true;
    }

private:
    bool stopped() const { return options_.stop && options_.stop(); }
    void note(const std::string& text) const {
        if (options_.note) options_.note(text);
    }

    void take(const PointRecord& record) {
        if (missing_.count(record.point.hash) == 0) return;  // of another task that ran it, too
        if (record.program_version != options_.program_version)
            fail("the tasks run version {} of the program, not {}: the nodes must run the same",
                 record.program_version, options_.program_version);
        done_(record);
        missing_.erase(record.point.hash);
        ++answers_;
    }
    void collect(ShardReader& shards) {
        shards.read([this](const PointRecord& record) { take(record); });
    }

    // What a run that was killed left: its jobs go on without anyone who waits for them.
    void take_over() {
        std::set<fs::path> jobs;
        for (const auto& entry : fs::directory_iterator(folder_))
            if (entry.is_directory()) jobs.insert(entry.path());
        for (const fs::path& job : jobs) {
            if (fs::exists(job / "job")) cancel_job(read_file(job / "job"));
            ShardReader shards(job);
            shards.read([this](const PointRecord& record) {
                if (record.program_version == options_.program_version) take(record);
            });
            std::error_code ignored;  // a task may be writing its last line
            fs::remove_all(job, ignored);
        }
    }

    // One array of all that is missing; false: stopped.
    bool run_job() {
        const fs::path folder = new_folder();
        const std::size_t tasks = std::min({missing_.size(), options_.tasks, most_array_tasks()});
        std::vector<std::vector<SweepPoint>> shares(tasks);
        std::size_t next = 0;  // dealt in turn: neighbours, which take equally long, are spread
        for (const SweepPoint* point : points_)
            if (missing_.count(point->hash) > 0) shares[next++ % tasks].push_back(*point);
        for (std::size_t i = 0; i < tasks; ++i)
            write_task(folder / fmt::format("{}.points", i), shares[i]);
        write_script(folder);
        const std::string job = submit_array(folder / "task.sh", tasks, folder, options_.sbatch);
        write_file(folder / "job", job);
        note(fmt::format("job {}: {} tasks, {} points", job, tasks, missing_.size()));

        ShardReader shards(folder);
        bool ended = false;
        try {
            ended = wait_for(job, shards);
        } catch (...) {
            cancel_job(job);
            throw;
        }
        if (ended && !missing_.empty()) pause(options_.grace_s);
        if (!ended) cancel_job(job);
        collect(shards);
        if (!ended) {
            note(fmt::format("job {}: cancelled, {} points are missing", job, missing_.size()));
            return false;  // the folder stays: tasks may have more to say
        }
        if (!missing_.empty()) {
            find_lost(folder, shares);
            note(fmt::format("job {}: ended, {} points are missing: {}", job, missing_.size(),
                             lost_));
        }
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        return true;
    }

    fs::path new_folder() {
        for (;; ++jobs_) {
            const fs::path folder = folder_ / fmt::format("{}", jobs_);
            if (fs::create_directory(folder)) return folder;
        }
    }

    void write_script(const fs::path& folder) const {
        std::string script = "#!/bin/sh\nexec";
        for (const std::string& word : options_.worker) script += ' ' + shell_word(word);
        script += ' ' + shell_word(folder.string()) + "/\"$SLURM_ARRAY_TASK_ID\".points\n";
        write_file(folder / "task.sh", script);
    }

    // Until the job has left the queue; false: told to stop before.
    bool wait_for(const std::string& job, ShardReader& shards) {
        std::string waits_for;
        bool answered = true;
        for (;;) {
            const QueueState queue = tasks_in_queue(job);
            collect(shards);
            if (missing_.empty()) {
                // A task that ran twice may still be at it.
                if (queue.running + queue.waiting > 0) cancel_job(job);
                return true;
            }
            if (queue.known && queue.running + queue.waiting == 0) return true;
            if (answered && !queue.known)
                note(fmt::format("job {}: Slurm's controller does not answer", job));
            answered = queue.known;
            if (queue.running == 0 && queue.reason != waits_for && !is_usual(queue.reason)) {
                waits_for = queue.reason;
                note(fmt::format("job {}: waits: {}", job, waits_for));
            }
            if (!pause(options_.poll_s)) return false;
        }
    }

    // False: told to stop meanwhile.
    bool pause(double seconds) const {
        using Clock = std::chrono::steady_clock;
        const Clock::time_point end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                         std::chrono::duration<double>(seconds));
        for (;;) {
            if (stopped()) return false;
            const Clock::duration left = end - Clock::now();
            if (left <= Clock::duration::zero()) return true;
            std::this_thread::sleep_for(
                std::min<Clock::duration>(left, std::chrono::milliseconds(100)));
        }
    }

    // Keeps what the task of the first missing point said.
    void find_lost(const fs::path& folder, const std::vector<std::vector<SweepPoint>>& shares) {
        for (std::size_t i = 0; i < shares.size(); ++i)
            for (const SweepPoint& point : shares[i])
                if (missing_.count(point.hash) > 0) {
                    lost_ = fmt::format("task {} said: {}", i, end_of_log(task_log(folder, i)));
                    return;
                }
    }

    void give_up() {
        if (answers_ == 0)
            fail("{} jobs of Slurm in a row brought no result; {}", options_.fruitless_jobs, lost_);
        for (const SweepPoint* point : points_) {
            if (missing_.count(point->hash) == 0) continue;
            PointRecord record;
            record.point = *point;
            record.program_version = options_.program_version;
            record.status = PointStatus::failed;
            record.message = fmt::format("{} tasks of Slurm in a row ended without its result; {}",
                                         options_.fruitless_jobs, lost_);
            record.finished_unix = static_cast<std::int64_t>(std::time(nullptr));
            done_(record);
        }
        missing_.clear();
    }

    const SlurmOptions& options_;
    const RecordDone& done_;
    const fs::path folder_;
    const FolderLock lock_;
    std::vector<const SweepPoint*> points_;
    std::set<std::string> missing_;  // hashes
    std::size_t answers_ = 0;        // records that came
    int jobs_ = 0;                   // numbers the folders
    std::string lost_;               // the last words of a task whose points are missing
};

}  // namespace

RunPoints run_on_slurm(SlurmOptions options) {
    return
        [options = std::move(options)](std::span<const SweepPoint> points, const RecordDone& done) {
            return Launcher(points, options, done).run();
        };
}

}  // namespace bitloom
