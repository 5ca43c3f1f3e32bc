// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/slurm/shard.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <limits>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/sweep/record_line.h"

namespace bitloom {
namespace {

class Shard : public ::testing::Test {
protected:
    Shard() {
        std::string pattern = (std::filesystem::temp_directory_path() / "bitloom_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~Shard() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path task() const { return folder_ / "0.points"; }

    std::filesystem::path folder_;
};

std::vector<SweepPoint> points(std::size_t count) {
    std::vector<SweepPoint> all = parse_sweep("s.ini", "a = 0..3\nb = 'x,\"y', z\n").points();
    all.resize(count);
    return all;
}

PointRecord record_of(const SweepPoint& point) {
    PointRecord record;
    record.point = point;
    record.program_version = fmt::format("v{}", 1);
    return record;
}

// Runs all points but leaves off after `most`.
RunPoints run_some(std::vector<std::string>& ran, std::size_t most) {
    return [&ran, most](std::span<const SweepPoint> some, const RecordDone& done) {
        for (std::size_t i = 0; i < some.size() && i < most; ++i) {
            ran.push_back(some[i].hash);
            done(record_of(some[i]));
        }
        return some.size() <= most;
    };
}

TEST_F(Shard, ARecordComesBackToTheBit) {
    PointRecord record = record_of(points(4)[1]);
    record.status = PointStatus::failed;
    record.message = "line\n\"quoted\" \xC3\xA4";
    record.metrics = {{"most", std::numeric_limits<std::int64_t>::max()},
                      {"least", std::numeric_limits<std::int64_t>::min()},
                      {"third", 1.0 / 3.0},
                      {"tiny", std::numeric_limits<double>::denorm_min()},
                      {"zero", -0.0},
                      {"whole", 3.0}};
    record.configuration = {{"array.rows", "16"}};
    record.provenance = {{"trace", "a"}};
    record.result_json = "{\"x\": [1,\n2]}";
    record.seconds = 0.1;
    record.peak_bytes = 1LL << 40;
    record.finished_unix = 1'700'000'000;
    const std::string line = to_line(record);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const std::optional<PointRecord> read = record_of_line(line);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(to_line(*read), line);
    EXPECT_EQ(read->point.hash, record.point.hash);
    EXPECT_EQ(read->point.values, record.point.values);
    EXPECT_EQ(read->metrics, record.metrics);
    EXPECT_TRUE(std::holds_alternative<double>(read->metrics.at("whole")));
    EXPECT_TRUE(std::signbit(std::get<double>(read->metrics.at("zero"))));
    EXPECT_EQ(read->message, record.message);
    EXPECT_EQ(read->status, PointStatus::failed);
    EXPECT_EQ(read->result_json, record.result_json);
    EXPECT_EQ(read->seconds, 0.1);
    EXPECT_EQ(read->peak_bytes, 1LL << 40);
}

// A machine that lost its power leaves lines that end anywhere, or zeros.
TEST_F(Shard, NoCutLineIsARecord) {
    const std::string line = to_line(record_of(points(2)[0]));
    for (std::size_t length = 0; length < line.size(); ++length)
        EXPECT_FALSE(record_of_line(line.substr(0, length))) << length;
    EXPECT_FALSE(record_of_line(std::string(100, '\0')));
    EXPECT_FALSE(record_of_line("[1, 2]"));
}

TEST_F(Shard, ATaskHasItsPoints) {
    const std::vector<SweepPoint> written = points(6);
    write_task(task(), written);
    const std::vector<SweepPoint> read = read_task(task());
    ASSERT_EQ(read.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(read[i].hash, written[i].hash);
        EXPECT_EQ(read[i].values, written[i].values);
    }
    std::ofstream(task(), std::ios::app) << "nonsense\n";
    try {
        read_task(task());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(
            std::string(error.what()),
            task().string() + ": line 7: is no point: must be a file of points that a sweep wrote");
    }
}

// Started again after its machine failed, a task does what it had not done.
TEST_F(Shard, ATaskThatIsStartedAgainDoesTheRest) {
    write_task(task(), points(6));
    std::vector<std::string> ran;
    EXPECT_FALSE(run_task(task(), run_some(ran, 4)));
    EXPECT_TRUE(run_task(task(), run_some(ran, 4)));
    std::vector<std::string> hashes;
    for (const SweepPoint& point : points(6)) hashes.push_back(point.hash);
    EXPECT_EQ(ran, hashes);
    std::size_t found = 0;
    ShardReader reader(folder_);
    reader.read([&](const PointRecord&) { ++found; });
    EXPECT_EQ(found, 6U);
}

TEST_F(Shard, TheReaderSeesEachLineOnceWhenItIsWhole) {
    const std::vector<SweepPoint> some = points(6);
    std::vector<std::string> seen;
    ShardReader reader(folder_);
    const auto read = [&] {
        seen.clear();
        reader.read([&](const PointRecord& record) { seen.push_back(record.point.hash); });
        return seen;
    };
    using Hashes = std::vector<std::string>;
    EXPECT_EQ(read(), Hashes{});
    const auto append = [&](const char* name, const std::string& text) {
        std::ofstream(folder_ / name, std::ios::app) << text;
    };
    const std::string line = to_line(record_of(some[1]));
    append("b.shard", to_line(record_of(some[0])) + "\n" + line.substr(0, 20));
    append("a.log", line + "\n");
    EXPECT_EQ(read(), Hashes{some[0].hash});
    EXPECT_EQ(read(), Hashes{});
    append("b.shard", line.substr(20));
    EXPECT_EQ(read(), Hashes{});
    append("b.shard", "\ndamaged\n" + to_line(record_of(some[2])) + "\n");
    append("a.shard", to_line(record_of(some[3])) + "\n");
    EXPECT_EQ(read(), (Hashes{some[3].hash, some[1].hash, some[2].hash}));
    EXPECT_EQ(read(), Hashes{});
}

}  // namespace
}  // namespace bitloom
