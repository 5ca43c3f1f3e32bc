// SPDX-License-Identifier: Apache-2.0
// The tables of a results database. A change of them is a new ResultStore::schema_version; schema 1
// had no frontier.
#pragma once

namespace bitloom {

// "BLom": how `file` and this program recognize the database.
constexpr int result_application_id = 0x424C6F6D;

// STRICT: a column holds what it says; `value` of a metric is an INTEGER or a REAL as stored.
constexpr const char* result_schema = R"(
CREATE TABLE sweep (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,             -- of the file's text and of the points
    name TEXT NOT NULL,                    -- of the file
    text TEXT NOT NULL                     -- of the file
) STRICT;
CREATE TABLE sweep_point (                 -- what belongs to a sweep, done or not
    sweep INTEGER NOT NULL REFERENCES sweep (id),
    number INTEGER NOT NULL,               -- 0, 1, ...
    hash TEXT NOT NULL,                    -- of the keys: point.hash
    PRIMARY KEY (sweep, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE point (                       -- what is known, one row for equal keys and version
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    program_version TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    message TEXT NOT NULL,                 -- why it failed
    configuration TEXT NOT NULL,           -- resolved keys, JSON
    provenance TEXT NOT NULL,              -- JSON
    result TEXT NOT NULL,                  -- JSON, or empty
    seconds REAL NOT NULL,
    peak_bytes INTEGER NOT NULL,
    finished_unix INTEGER NOT NULL,        -- seconds since 1970, UTC
    UNIQUE (hash, program_version)
) STRICT;
CREATE TABLE parameter (                   -- the point's keys as the sweep gave them
    point INTEGER NOT NULL REFERENCES point (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (point, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE metric (
    point INTEGER NOT NULL REFERENCES point (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value ANY NOT NULL CHECK (typeof(value) IN ('integer', 'real')),
    PRIMARY KEY (point, name)
) STRICT, WITHOUT ROWID;
)";

// What ResultStore::write_frontier stores: up to date while `done` is the number of points done.
constexpr const char* frontier_schema = R"(
CREATE TABLE frontier_rule (               -- what the frontier was made by, as in a sweep's [search]
    sweep INTEGER NOT NULL REFERENCES sweep (id),
    program_version TEXT NOT NULL,
    minimize TEXT NOT NULL,                -- 'latency_s, energy_pj'
    maximize TEXT NOT NULL,
    limits TEXT NOT NULL,                  -- 'area_mm2 <= 10'
    done INTEGER NOT NULL,                 -- points of the sweep that were done then
    PRIMARY KEY (sweep, program_version)
) STRICT, WITHOUT ROWID;
CREATE TABLE frontier (                    -- the points that no other of their workload beats
    sweep INTEGER NOT NULL REFERENCES sweep (id),
    program_version TEXT NOT NULL,
    workload TEXT NOT NULL,                -- the network: 'zoo/digits'
    number INTEGER NOT NULL,               -- sweep_point.number
    PRIMARY KEY (sweep, program_version, number)
) STRICT, WITHOUT ROWID;
)";

}  // namespace bitloom
