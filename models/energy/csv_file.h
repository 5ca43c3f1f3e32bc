// SPDX-License-Identifier: Apache-2.0
// Reads the CSV tables of this folder, strictly.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// Comma-separated, one record a line, first record the header; fields with commas or quotes stand
// in double quotes, a quote inside doubled; empty lines and lines that begin with '#' are skipped.
// Errors name file and line: missing, unknown or repeated columns, and records of another length.
class CsvFile {
public:
    struct Record {
        int line = 0;  // from 1
        std::vector<std::string> fields;
    };

    CsvFile(std::string name, std::string_view text, std::span<const std::string> required,
            std::span<const std::string> optional = {});

    const std::vector<Record>& records() const { return records_; }
    bool has(std::string_view column) const;
    // The text of an optional column that the file does not have is empty.
    std::string text(const Record& record, std::string_view column) const;
    // Finite and >= 0, whole field.
    double number(const Record& record, std::string_view column) const;
    std::string place(const Record& record) const;  // "28nm.csv:7"

private:
    std::string name_;
    std::vector<std::string> columns_;
    std::vector<Record> records_;
};

}  // namespace bitloom
