// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/slurm/shard.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/sweep/record_line.h"
#include "sim/sweep/stored_json.h"

namespace bitloom {

namespace {

constexpr const char* shard_suffix = ".shard";

using Pairs = std::vector<std::pair<std::string, std::string>>;

// The files of one process: host and process together are unique while both shards are in use.
class ShardWriter {
public:
    explicit ShardWriter(const std::filesystem::path& task) {
        char host[256] = "";
        ::gethostname(host, sizeof host - 1);
        for (int i = 0; file_ < 0; ++i) {
            path_ = fmt::format("{}.{}.{}.{}{}", task.string(), host, ::getpid(), i, shard_suffix);
            file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
            if (file_ < 0 && errno != EEXIST) fail_with("create");
        }
    }
    ~ShardWriter() { ::close(file_); }
    ShardWriter(const ShardWriter&) = delete;
    ShardWriter& operator=(const ShardWriter&) = delete;

    void append(const PointRecord& record) {
        const std::string line = to_line(record) + '\n';
        for (std::size_t written = 0; written < line.size();) {
            const ssize_t count = ::write(file_, line.data() + written, line.size() - written);
            if (count < 0 && errno != EINTR) fail_with("write");
            if (count > 0) written += static_cast<std::size_t>(count);
        }
        if (::fsync(file_) != 0) fail_with("write");
    }

private:
    [[noreturn]] void fail_with(const char* doing) const {
        fail("{}: cannot {}: {}", path_, doing, std::strerror(errno));
    }

    std::string path_;
    int file_ = -1;
};

}  // namespace

void write_task(const std::filesystem::path& task, std::span<const SweepPoint> points) {
    std::string text;
    for (const SweepPoint& point : points) {
        const nlohmann::json json = {{"hash", point.hash}, {"values", point.values}};
        text += json.dump() + '\n';
    }
    write_file(task, text);
}

std::vector<SweepPoint> read_task(const std::filesystem::path& task) {
    const std::string text = read_file(task);
    std::vector<SweepPoint> points;
    try {
        for (std::size_t start = 0; start < text.size();) {
            const std::size_t end = std::min(text.find('\n', start), text.size());
            const auto json = stored_json(std::string_view(text).substr(start, end - start));
            points.push_back({json.at("values").get<Pairs>(), json.at("hash").get<std::string>()});
            start = end + 1;
        }
    } catch (const nlohmann::json::exception&) {
        fail("{}: line {}: is no point: must be a file of points that a sweep wrote", task.string(),
             points.size() + 1);
    }
    return points;
}

bool run_task(const std::filesystem::path& task, const RunPoints& run) {
    std::set<std::string> known;
    ShardReader(task.parent_path()).read([&](const PointRecord& record) {
        known.insert(record.point.hash);
    });
    std::vector<SweepPoint> points;
    for (SweepPoint& point : read_task(task))
        if (known.insert(point.hash).second) points.push_back(std::move(point));
    ShardWriter shard(task);
    return run(points, [&](const PointRecord& record) { shard.append(record); });
}

void ShardReader::read(const RecordDone& found) {
    std::set<std::filesystem::path> shards;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored))
        if (entry.path().extension() == shard_suffix) shards.insert(entry.path());
    for (const std::filesystem::path& path : shards) {
        std::ifstream file(path, std::ios::binary);
        std::uintmax_t& position = read_[path];
        file.seekg(static_cast<std::streamoff>(position));
        std::string line;
        // A line that has no end yet is read again when it has one.
        while (std::getline(file, line) && !file.eof()) {
            position += line.size() + 1;
            if (const std::optional<PointRecord> record = record_of_line(line)) found(*record);
        }
    }
}

}  // namespace bitloom
