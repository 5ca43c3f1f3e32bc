// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/result_store.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "models/base/error.h"
#include "sim/sweep/content_hash.h"
#include "sim/sweep/frontier.h"
#include "sim/sweep/result_schema.h"
#include "sim/sweep/statement.h"
#include "sim/sweep/stored_json.h"

namespace bitloom {

namespace {

// Texts come from users' files and from programs that crashed: what is not UTF-8 becomes U+FFFD.
std::string to_json(const std::map<std::string, std::string>& values) {
    return nlohmann::json(values).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string hash_of(const SweepFile& file, std::span<const SweepPoint> points) {
    std::vector<std::pair<std::string, std::string>> contents = {{"text", file.text}};
    for (const auto& [key, values] : file.contents)
        for (const auto& [value, content] : values)
            contents.emplace_back(key + " " + value, content);
    for (const SweepPoint& point : points) contents.emplace_back("point", point.hash);
    return sha256_of_pairs(contents);
}

}  // namespace

// Rolls back unless committed.
class ResultStore::Transaction {
public:
    // IMMEDIATE: the lock is taken before anything is read, so that a busy writer is waited for; a
    // reader that turns writer in WAL mode would fail at once instead.
    explicit Transaction(ResultStore& store) : store_(store) {
        store_.execute("BEGIN IMMEDIATE", "lock");
    }
    ~Transaction() {
        if (!committed_) sqlite3_exec(store_.database_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit() {
        store_.execute("COMMIT", "write");
        committed_ = true;
    }
    void run(Statement& statement) {
        const int code = statement.step();
        if (code != SQLITE_DONE && code != SQLITE_ROW) store_.fail_with(code, "write");
    }

private:
    ResultStore& store_;
    bool committed_ = false;
};

ResultStore::ResultStore(const std::filesystem::path& path) : ResultStore(path, Options()) {
}

ResultStore::ResultStore(const std::filesystem::path& path, const Options& options) : path_(path) {
    std::error_code ignored;
    const bool there = std::filesystem::exists(path_, ignored);
    try {
        open(options, there);
    } catch (...) {
        sqlite3_close(database_);
        // What could not be made whole is not left behind; another process may have made it whole.
        if (!there && std::filesystem::file_size(path_, ignored) == 0)
            std::filesystem::remove(path_, ignored);
        throw;
    }
}

ResultStore::~ResultStore() {
    sqlite3_close(database_);
}

void ResultStore::open(const Options& options, bool there) {
    std::error_code ignored;
    if (!there && options.mode == Mode::existing)
        fail("{}: there is no such results database", path_.string());
    if (std::filesystem::is_directory(path_, ignored))
        fail("{}: is a folder: must be a results database", path_.string());
    if (there && !std::filesystem::is_regular_file(path_, ignored))
        fail("{}: is a device or a pipe: must be a results database", path_.string());
    if (there && options.mode == Mode::existing && std::filesystem::file_size(path_, ignored) == 0)
        fail("{}: is empty: must be a results database", path_.string());
    // A file from elsewhere is looked at before anything, a log file included, is written.
    open_file(path_.string(), SQLITE_OPEN_READWRITE | (there ? 0 : SQLITE_OPEN_CREATE), options);
    if (options.mode == Mode::existing && needs_immutable()) open_immutable(options);
    if (options.most_pages > 0)
        number(fmt::format("PRAGMA max_page_count = {}", options.most_pages).c_str());
    create_or_check_schema();
    if (there) check_integrity();
    execute("PRAGMA foreign_keys = ON", "open");
    // FULL: a recorded point outlives a power failure, too.
    execute("PRAGMA synchronous = FULL", "open");
    if (options.mode == Mode::existing) execute("PRAGMA query_only = ON", "open");
}

void ResultStore::open_file(const std::string& name, int flags, const Options& options) {
    if (const int code = sqlite3_open_v2(name.c_str(), &database_, flags, nullptr);
        code != SQLITE_OK)
        fail_with(code, "open");
    sqlite3_extended_result_codes(database_, 1);
    sqlite3_busy_timeout(database_, static_cast<int>(options.wait_s * 1000.0));
    // Nothing that a file from elsewhere has in its schema runs by being read.
    sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    execute("PRAGMA cell_size_check = ON", "open");
}

// A database with a log (WAL) is read with the help of files beside it, which a read-only folder
// does not take.
bool ResultStore::needs_immutable() {
    Statement statement(database_, "SELECT count(*) FROM sqlite_master");
    const int code = statement.step() & 0xff;
    return code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
}

// Nobody writes there. What a log holds would be passed over, so there must be none.
void ResultStore::open_immutable(const Options& options) {
    std::error_code error;
    const std::string log = path_.string() + "-wal";
    if (const auto size = std::filesystem::file_size(log, error); !error && size > 0)
        fail("{}: cannot read: {} holds points, and its folder is read-only", path_.string(), log);
    std::string uri = "file:";
    for (const char c : path_.string())
        uri += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.'
                   ? std::string(1, c)
                   : fmt::format("%{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    sqlite3_close(database_);
    database_ = nullptr;
    open_file(uri + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, options);
}

void ResultStore::create_or_check_schema() {
    const auto check = [this] {
        if (number("PRAGMA application_id") != result_application_id)
            fail("{}: is a SQLite database, but not one of results", path_.string());
        const std::int64_t version = number("PRAGMA user_version");
        if (version < oldest_schema_version || version > schema_version)
            fail("{}: results database of schema {}: this program reads schema {} to {}",
                 path_.string(), version, oldest_schema_version, schema_version);
        check_tables(version);
    };
    if (number("SELECT count(*) FROM sqlite_master") > 0 || number("PRAGMA application_id") != 0)
        return check();
    execute("PRAGMA journal_mode = WAL", "create");
    Transaction transaction(*this);
    if (number("SELECT count(*) FROM sqlite_master") > 0) return check();  // another was faster
    execute(result_schema, "create");
    execute(frontier_schema, "create");
    execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                        result_application_id, schema_version)
                .c_str(),
            "create");
    transaction.commit();
}

// Tables and columns as this program makes them, and nothing else: a trigger or a view of a file
// from elsewhere would do what its author wants.
void ResultStore::check_tables(std::int64_t version) {
    constexpr const char* tables =
        "SELECT group_concat(entry, char(10)) FROM (SELECT type || ' ' || master.name || "
        "ifnull((SELECT group_concat(' ' || name || ' ' || type || ' ' || \"notnull\" || ' ' || "
        "pk) "
        "FROM pragma_table_info(master.name)), '') AS entry FROM sqlite_master AS master "
        "WHERE master.name NOT LIKE 'sqlite@_%' ESCAPE '@' ORDER BY type, master.name)";
    const auto text_of = [&](sqlite3* database) {
        Statement statement(database, tables);
        if (const int code = statement.step(); code != SQLITE_ROW) fail_with(code, "read");
        return statement.text(0);
    };
    sqlite3* ours = nullptr;
    sqlite3_open(":memory:", &ours);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> closed(ours, sqlite3_close);
    sqlite3_exec(ours, result_schema, nullptr, nullptr, nullptr);
    if (version >= 2) sqlite3_exec(ours, frontier_schema, nullptr, nullptr, nullptr);
    if (text_of(database_) != text_of(ours))
        fail("{}: results database is damaged: its tables are not those of schema {}",
             path_.string(), version);
}

void ResultStore::fail_with(int code, std::string_view doing) const {
    const std::string file = path_.string();
    switch (code & 0xff) {
        case SQLITE_NOTADB:
            fail("{}: is no results database", file);
        case SQLITE_CORRUPT:
            fail("{}: results database is damaged", file);
        case SQLITE_FULL:
            fail("{}: cannot {}: the disk is full", file, doing);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            fail("{}: cannot {}: another program has held it for too long", file, doing);
        case SQLITE_READONLY:
            fail("{}: cannot {}: read-only", file, doing);
        case SQLITE_CANTOPEN:
            fail("{}: cannot {}: the folder or file cannot be opened", file, doing);
        default:
            fail("{}: cannot {}: {} (SQLite {})", file, doing,
                 database_ != nullptr ? sqlite3_errmsg(database_) : sqlite3_errstr(code), code);
    }
}

void ResultStore::execute(const char* sql, std::string_view doing) {
    if (const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
        fail_with(code, doing);
}

std::int64_t ResultStore::number(const char* sql) {
    Statement statement(database_, sql);
    if (const int code = statement.step(); code != SQLITE_ROW) fail_with(code, "read");
    return statement.integer(0);
}

std::optional<std::int64_t> ResultStore::find_sweep(const SweepFile& file,
                                                    std::span<const SweepPoint> points) {
    Statement known(database_, "SELECT id FROM sweep WHERE hash = ?");
    known.bind(hash_of(file, points));
    const int code = known.step();
    if (code == SQLITE_DONE) return std::nullopt;
    if (code != SQLITE_ROW) fail_with(code, "read");
    check_points(known.integer(0), file.is_search() ? std::nullopt : std::optional(points));
    return known.integer(0);
}

// A point's number is its place in the list that the caller has.
void ResultStore::check_points(std::int64_t sweep,
                               std::optional<std::span<const SweepPoint>> points) {
    Statement row(database_,
                  "SELECT number, hash FROM sweep_point WHERE sweep = ? ORDER BY number");
    row.bind(sweep);
    std::int64_t next = 0;
    int code = SQLITE_OK;
    const auto damaged = [&] {
        fail("{}: results database is damaged: the points of sweep {} are not those of its file",
             path_.string(), sweep);
    };
    for (; (code = row.step()) == SQLITE_ROW; ++next)
        if (row.integer(0) != next ||
            (points && (next >= std::ssize(*points) ||
                        row.text(1) != (*points)[static_cast<std::size_t>(next)].hash)))
            damaged();
    if (code != SQLITE_DONE) fail_with(code, "read");
    if (points && next != std::ssize(*points)) damaged();
}

std::int64_t ResultStore::add_sweep(const SweepFile& file, std::span<const SweepPoint> points) {
    const std::string hash = hash_of(file, points);
    Transaction transaction(*this);
    Statement known(database_, "SELECT id FROM sweep WHERE hash = ?");
    known.bind(hash);
    transaction.run(known);
    if (const std::int64_t id = known.integer(0); id != 0) {
        check_points(id, file.is_search() ? std::nullopt : std::optional(points));
        return id;
    }
    Statement sweep(database_, "INSERT INTO sweep (hash, name, text) VALUES (?, ?, ?)");
    sweep.bind(hash).bind(file.name).bind(file.text);
    transaction.run(sweep);
    const std::int64_t id = sqlite3_last_insert_rowid(database_);
    Statement entry(database_, "INSERT INTO sweep_point (sweep, number, hash) VALUES (?, ?, ?)");
    std::int64_t index = 0;
    for (const SweepPoint& point : points) {
        entry.bind(id).bind(index++).bind(point.hash);
        transaction.run(entry);
        entry.reset();
    }
    transaction.commit();
    return id;
}

void ResultStore::add_points(std::int64_t sweep, std::span<const SweepPoint> points) {
    Transaction transaction(*this);
    Statement entry(database_,
                    "INSERT INTO sweep_point (sweep, number, hash) SELECT ?1, "
                    "(SELECT count(*) FROM sweep_point WHERE sweep = ?1), ?2 WHERE NOT EXISTS "
                    "(SELECT 1 FROM sweep_point WHERE sweep = ?1 AND hash = ?2)");
    for (const SweepPoint& point : points) {
        entry.bind(sweep).bind(point.hash);
        transaction.run(entry);
        entry.reset();
    }
    transaction.commit();
}

void ResultStore::record(const PointRecord& record) {
    for (const auto& [name, metric] : record.metrics)
        if (const double* real = std::get_if<double>(&metric))
            BITLOOM_CHECK(!std::isnan(*real), "the metric {} is available", name);
    Transaction transaction(*this);
    Statement old(database_,
                  "DELETE FROM point WHERE hash = ? AND program_version = ? AND status = 'failed'");
    old.bind(record.point.hash).bind(record.program_version);
    transaction.run(old);
    Statement point(database_,
                    "INSERT INTO point (hash, program_version, status, message, configuration, "
                    "provenance, result, seconds, peak_bytes, finished_unix) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (hash, program_version) DO NOTHING");
    point.bind(record.point.hash)
        .bind(record.program_version)
        .bind(record.status == PointStatus::done ? "done" : "failed")
        .bind(record.message)
        .bind(to_json(record.configuration))
        .bind(to_json(record.provenance))
        .bind(record.result_json)
        .bind(record.seconds)
        .bind(record.peak_bytes)
        .bind(record.finished_unix);
    transaction.run(point);
    if (sqlite3_changes(database_) == 0) return;  // done by another; nothing was deleted either
    const std::int64_t id = sqlite3_last_insert_rowid(database_);
    Statement parameter(database_, "INSERT INTO parameter (point, key, value) VALUES (?, ?, ?)");
    for (const auto& [key, value] : record.point.values) {
        parameter.bind(id).bind(key).bind(value);
        transaction.run(parameter);
        parameter.reset();
    }
    Statement metric(database_, "INSERT INTO metric (point, name, value) VALUES (?, ?, ?)");
    for (const auto& [name, value] : record.metrics) {
        metric.bind(id).bind(name);
        std::visit([&metric](auto number) { metric.bind(number); }, value);
        transaction.run(metric);
        metric.reset();
    }
    transaction.commit();
}

std::vector<StoredSweep> ResultStore::sweeps() {
    Statement row(database_, "SELECT id, name, text FROM sweep ORDER BY id");
    Statement version(database_,
                      "SELECT program_version FROM sweep_point "
                      "JOIN point ON point.hash = sweep_point.hash WHERE sweep = ? "
                      "GROUP BY program_version ORDER BY max(finished_unix), max(point.id)");
    std::vector<StoredSweep> result;
    int code = SQLITE_OK;
    while ((code = row.step()) == SQLITE_ROW) {
        StoredSweep sweep{row.integer(0), row.text(1), row.text(2), {}};
        version.bind(sweep.id);
        int found = SQLITE_OK;
        while ((found = version.step()) == SQLITE_ROW)
            sweep.program_versions.push_back(version.text(0));
        if (found != SQLITE_DONE) fail_with(found, "read");
        version.reset();
        result.push_back(std::move(sweep));
    }
    if (code != SQLITE_DONE) fail_with(code, "read");
    return result;
}

PointRecord ResultStore::read_record(Statement& row) {
    const auto map_of = [this](const std::string& text) {
        const nlohmann::json json = stored_json(text);
        std::map<std::string, std::string> values;
        if (!json.is_object()) fail_with(SQLITE_CORRUPT, "read");
        for (const auto& [key, value] : json.items()) {
            if (!value.is_string()) fail_with(SQLITE_CORRUPT, "read");
            values[key] = value.get<std::string>();
        }
        return values;
    };
    const std::int64_t id = row.integer(0);
    PointRecord record;
    record.point.hash = row.text(1);
    record.program_version = row.text(2);
    record.status = row.text(3) == "done" ? PointStatus::done : PointStatus::failed;
    record.message = row.text(4);
    record.configuration = map_of(row.text(5));
    record.provenance = map_of(row.text(6));
    record.result_json = row.text(7);
    record.seconds = row.real(8);
    record.peak_bytes = row.integer(9);
    record.finished_unix = row.integer(10);
    record.number = row.integer(11);
    Statement parameter(database_, "SELECT key, value FROM parameter WHERE point = ? ORDER BY key");
    parameter.bind(id);
    int code = SQLITE_OK;
    while ((code = parameter.step()) == SQLITE_ROW)
        record.point.values.emplace_back(parameter.text(0), parameter.text(1));
    if (code != SQLITE_DONE) fail_with(code, "read");
    Statement metric(database_, "SELECT name, value FROM metric WHERE point = ?");
    metric.bind(id);
    while ((code = metric.step()) == SQLITE_ROW)
        record.metrics.emplace(metric.text(0), metric.is_integer(1) ? Metric(metric.integer(1))
                                                                    : Metric(metric.real(1)));
    if (code != SQLITE_DONE) fail_with(code, "read");
    return record;
}

std::optional<PointRecord> ResultStore::find(std::string_view hash,
                                             std::string_view program_version) {
    Statement row(database_,
                  "SELECT id, hash, program_version, status, message, configuration, provenance, "
                  "result, seconds, peak_bytes, finished_unix, -1 FROM point "
                  "WHERE hash = ? AND program_version = ?");
    row.bind(hash).bind(program_version);
    const int code = row.step();
    if (code == SQLITE_DONE) return std::nullopt;
    if (code != SQLITE_ROW) fail_with(code, "read");
    return read_record(row);
}

std::vector<PointRecord> ResultStore::read_records(const char* sql, std::int64_t sweep,
                                                   std::string_view program_version) {
    Statement row(database_, sql);
    row.bind(sweep).bind(program_version);
    std::vector<PointRecord> result;
    int code = SQLITE_OK;
    while ((code = row.step()) == SQLITE_ROW) result.push_back(read_record(row));
    if (code != SQLITE_DONE) fail_with(code, "read");
    return result;
}

std::vector<PointRecord> ResultStore::records(std::int64_t sweep,
                                              std::string_view program_version) {
    return read_records(
        "SELECT id, point.hash, program_version, status, message, configuration, provenance, "
        "result, seconds, peak_bytes, finished_unix, number "
        "FROM sweep_point JOIN point ON point.hash = sweep_point.hash "
        "WHERE sweep = ? AND program_version = ? ORDER BY number",
        sweep, program_version);
}

std::vector<PointRecord> ResultStore::measurements(std::int64_t sweep,
                                                   std::string_view program_version) {
    return read_records(
        "SELECT id, point.hash, program_version, status, message, '{}', '{}', "
        "'', seconds, peak_bytes, finished_unix, number "
        "FROM sweep_point JOIN point ON point.hash = sweep_point.hash "
        "WHERE sweep = ? AND program_version = ? ORDER BY number",
        sweep, program_version);
}

SweepCounts ResultStore::counts(std::int64_t sweep, std::string_view program_version) {
    Statement row(database_,
                  "SELECT count(*), count(*) FILTER (WHERE status = 'done'), "
                  "count(*) FILTER (WHERE status = 'failed') FROM sweep_point LEFT JOIN point "
                  "ON point.hash = sweep_point.hash AND program_version = ? WHERE sweep = ?");
    row.bind(program_version).bind(sweep);
    if (const int code = row.step(); code != SQLITE_ROW) fail_with(code, "read");
    return {row.integer(0), row.integer(1), row.integer(2)};
}

std::vector<std::size_t> ResultStore::missing(std::int64_t sweep, std::string_view program_version,
                                              bool retry_failed) {
    Statement row(database_,
                  "SELECT number FROM sweep_point LEFT JOIN point "
                  "ON point.hash = sweep_point.hash AND program_version = ? "
                  "WHERE sweep = ? AND (status IS NULL OR (? AND status = 'failed')) "
                  "ORDER BY number");
    row.bind(program_version).bind(sweep).bind(std::int64_t{retry_failed});
    std::vector<std::size_t> result;
    int code = SQLITE_OK;
    while ((code = row.step()) == SQLITE_ROW)
        result.push_back(static_cast<std::size_t>(row.integer(0)));
    if (code != SQLITE_DONE) fail_with(code, "read");
    return result;
}

void ResultStore::write_frontier(std::int64_t sweep, std::string_view program_version,
                                 const Frontier& frontier) {
    Transaction transaction(*this);
    if (number("PRAGMA user_version") < schema_version) {
        execute(frontier_schema, "write");
        execute(fmt::format("PRAGMA user_version = {}", schema_version).c_str(), "write");
    }
    for (const char* sql : {"DELETE FROM frontier_rule WHERE sweep = ? AND program_version = ?",
                            "DELETE FROM frontier WHERE sweep = ? AND program_version = ?"}) {
        Statement old(database_, sql);
        old.bind(sweep).bind(program_version);
        transaction.run(old);
    }
    const FrontierRule& rule = frontier.rule();
    Statement by(database_, "INSERT INTO frontier_rule VALUES (?, ?, ?, ?, ?, ?)");
    by.bind(sweep)
        .bind(program_version)
        .bind(metrics_text(rule.objectives, false))
        .bind(metrics_text(rule.objectives, true))
        .bind(limits_text(rule.limits))
        .bind(frontier.done());
    transaction.run(by);
    Statement entry(database_, "INSERT INTO frontier VALUES (?, ?, ?, ?)");
    for (const WorkloadFrontier& each : frontier.workloads())
        for (const std::int64_t number : each.numbers) {
            entry.bind(sweep).bind(program_version).bind(each.workload).bind(number);
            transaction.run(entry);
            entry.reset();
        }
    transaction.commit();
}

bool ResultStore::has_frontier(std::int64_t sweep, std::string_view program_version) {
    if (number("PRAGMA user_version") < schema_version) return false;
    Statement row(database_,
                  "SELECT done FROM frontier_rule WHERE sweep = ? AND program_version = ?");
    row.bind(sweep).bind(program_version);
    const int code = row.step();
    if (code == SQLITE_DONE) return false;
    if (code != SQLITE_ROW) fail_with(code, "read");
    return row.integer(0) == counts(sweep, program_version).done;
}

void ResultStore::check_integrity() {
    // SQLite 3.40 mistakes the columns of this table for each other: it stores those of the key
    // first, and the key is not the table's first columns.
    constexpr std::string_view mistaken = "NULL value in frontier.workload";
    Statement row(database_, "PRAGMA integrity_check(1000000)");
    int code = SQLITE_OK;
    while ((code = row.step()) == SQLITE_ROW) {
        const std::string said = row.text(0);
        if (said != "ok" && said != mistaken)
            fail("{}: results database is damaged: {}", path_.string(),
                 said.substr(said.rfind('\n') + 1));  // after SQLite's heading
    }
    if (code != SQLITE_DONE) fail_with(code, "read");
}

}  // namespace bitloom
