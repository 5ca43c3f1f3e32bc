// SPDX-License-Identifier: Apache-2.0
// A prepared SQL statement, for the files that talk to SQLite.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace bitloom {

// Returns SQLite's codes rather than throwing: only the store knows what it was doing.
class Statement {
public:
    Statement(sqlite3* database, const char* sql)
        : prepared_(sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr)) {}
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    // Bind the next parameter, from the first. Texts are copied.
    Statement& bind(std::int64_t value) {
        return note(sqlite3_bind_int64(statement_, ++bound_, value));
    }
    Statement& bind(double value) { return note(sqlite3_bind_double(statement_, ++bound_, value)); }
    Statement& bind(std::string_view value) {
        return note(sqlite3_bind_text64(statement_, ++bound_, value.data(), value.size(),
                                        SQLITE_TRANSIENT, SQLITE_UTF8));
    }

    // SQLITE_ROW, SQLITE_DONE, or what went wrong, also while preparing or binding.
    int step() { return prepared_ == SQLITE_OK ? sqlite3_step(statement_) : prepared_; }
    // Ready for the next set of parameters.
    void reset() {
        sqlite3_reset(statement_);
        bound_ = 0;
    }

    std::int64_t integer(int column) { return sqlite3_column_int64(statement_, column); }
    double real(int column) { return sqlite3_column_double(statement_, column); }
    bool is_integer(int column) {
        return sqlite3_column_type(statement_, column) == SQLITE_INTEGER;
    }
    std::string text(int column) {
        const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return bytes == nullptr
                   ? std::string()
                   : std::string(
                         bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    }

private:
    Statement& note(int code) {
        if (prepared_ == SQLITE_OK) prepared_ = code;
        return *this;
    }

    sqlite3_stmt* statement_ = nullptr;
    int prepared_;
    int bound_ = 0;
};

}  // namespace bitloom
