// SPDX-License-Identifier: Apache-2.0
// The results of sweeps in a SQLite database.
//
// Each point is one transaction, on the disk before record() returns: a program that is killed at
// any moment leaves the points recorded so far and nothing of the one under way. Any number of
// sweeps and processes share a file (write-ahead log; a writer waits for the others). A point is
// known by the hash of its keys and the program's version: a sweep that meets a point of another
// one finds it done. The tables are for users, too (schema in result_schema.h).
//
// Not for a network file system: SQLite's write-ahead log needs memory shared by all its users.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/metric.h"
#include "sim/sweep/sweep_file.h"

struct sqlite3;

namespace bitloom {

class Frontier;
class Statement;

enum class PointStatus { done, failed };

// What came of one point.
struct PointRecord {
    SweepPoint point;
    std::string program_version;
    PointStatus status = PointStatus::done;
    std::string message;                               // of a failed point: what went wrong
    std::map<std::string, Metric> metrics;             // "cycles", "energy_pj", ...
    std::map<std::string, std::string> configuration;  // resolved: every key and value
    std::map<std::string, std::string> provenance;
    std::string result_json;         // the whole result; may be empty
    double seconds = 0.0;            // wall clock of the point's process
    std::int64_t peak_bytes = 0;     // its largest resident memory
    std::int64_t finished_unix = 0;  // seconds since 1970, UTC
    std::int64_t number = -1;        // of the point in its sweep; -1: not read from one
};

// A sweep of the database.
struct StoredSweep {
    std::int64_t id = 0;
    std::string name;  // of the file
    std::string text;  // of the file
    // Programs that ran points of it; the one that finished a point last comes last.
    std::vector<std::string> program_versions;
};

struct SweepCounts {
    std::int64_t points = 0;
    std::int64_t done = 0;
    std::int64_t failed = 0;
};

class ResultStore {
public:
    static constexpr int schema_version = 2;
    static constexpr int oldest_schema_version = 1;  // that is read; without a frontier

    enum class Mode {
        create,    // the file if it is not there
        existing,  // must be there, an empty file is none; only read, also where nobody may write
    };
    struct Options {
        Mode mode = Mode::create;
        double wait_s = 60.0;         // for other writers
        std::int64_t most_pages = 0;  // of 4096 bytes, a limit on the file; 0: SQLite's own
    };

    // Throws Error for a file that is no database of this program or of another schema, is damaged
    // (all of it is read), or cannot be written. Every member may throw Error: disk full, damaged,
    // locked for too long.
    explicit ResultStore(const std::filesystem::path& path);
    ResultStore(const std::filesystem::path& path, const Options& options);
    ~ResultStore();
    ResultStore(const ResultStore&) = delete;
    ResultStore& operator=(const ResultStore&) = delete;

    // Enters a sweep and its points in their order; the same file (text and contents) and points
    // again give the same id. A search has no points at first.
    std::int64_t add_sweep(const SweepFile& file, std::span<const SweepPoint> points);
    // The sweep that add_sweep would give, when it is there. Both throw Error when its stored
    // points are not `points` in their order.
    std::optional<std::int64_t> find_sweep(const SweepFile& file,
                                           std::span<const SweepPoint> points);
    // Further points of a search, which come after those it has; one that it has is not entered
    // again.
    void add_points(std::int64_t sweep, std::span<const SweepPoint> points);

    std::vector<StoredSweep> sweeps();  // in the order in which they were entered

    // Stores one point. A point that is done already stays as it is, whoever did it; a failed one
    // is replaced.
    void record(const PointRecord& record);

    std::optional<PointRecord> find(std::string_view hash, std::string_view program_version);
    SweepCounts counts(std::int64_t sweep, std::string_view program_version);
    // Indices, rising, of the sweep's points that are still to do: those that neither are done nor,
    // unless `retry_failed`, failed.
    std::vector<std::size_t> missing(std::int64_t sweep, std::string_view program_version,
                                     bool retry_failed);
    // Every record of the sweep with this version, in the order of its points.
    std::vector<PointRecord> records(std::int64_t sweep, std::string_view program_version);
    // The same without configuration, provenance and result, which are most of a record.
    std::vector<PointRecord> measurements(std::int64_t sweep, std::string_view program_version);

    // Replaces the frontier of the sweep with this version. A database of an older schema gets the
    // tables for it.
    void write_frontier(std::int64_t sweep, std::string_view program_version,
                        const Frontier& frontier);
    // Whether the frontier that is stored is that of the points which are done now.
    bool has_frontier(std::int64_t sweep, std::string_view program_version);

    // Reads all pages. Throws Error with the first problem.
    void check_integrity();

private:
    class Transaction;

    [[noreturn]] void fail_with(int code, std::string_view doing) const;
    void open(const Options& options, bool there);
    void open_file(const std::string& name, int flags, const Options& options);
    bool needs_immutable();
    void open_immutable(const Options& options);
    void create_or_check_schema();
    void check_tables(std::int64_t version);
    void check_points(std::int64_t sweep, std::optional<std::span<const SweepPoint>> points);
    void execute(const char* sql, std::string_view doing);
    std::int64_t number(const char* sql);
    PointRecord read_record(Statement& row);
    std::vector<PointRecord> read_records(const char* sql, std::int64_t sweep,
                                          std::string_view program_version);

    std::filesystem::path path_;
    sqlite3* database_ = nullptr;
};

}  // namespace bitloom
