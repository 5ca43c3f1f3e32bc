// SPDX-License-Identifier: Apache-2.0
// What Verilator counted in the RTL of one check: statements entered and bits toggled. A point is a
// place in a source file: it is reached when any instance of any model reaches it.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sim/verify/verify.h"

namespace bitloom {

class RtlCoverage {
public:
    // A source file that counts elsewhere, because this check drives it in one way only.
    void leave_out(std::string file) { left_out_.insert(std::move(file)); }

    // Adds the counts of a model: the text that VerilatedCovContext::write makes. Points seen
    // before are merged. Throws Error where a line of the text is not understood. Without `bits`,
    // toggles so far do not count.
    void add(std::string_view text, bool bits = true);
    // The same from a file that `write(path)` makes, which is removed.
    template <class Write>
    void add_written(Write write, bool bits = true) {
        const std::filesystem::path path = scratch_file();
        write(path);
        add_file_and_remove(path, bits);
    }

    // "RTL lines: statements and branches entered" and "RTL bits toggled"; none without a point.
    std::vector<CoveragePoint> points() const;
    // One line a point that was not reached: "ant_pe.sv:52: else not entered".
    std::vector<std::string> uncovered() const;

private:
    struct Place {
        std::string file;  // without its folder
        int line = 0;
        int column = 0;
        std::string what;  // lines: if, else, elsif, block, case; bits: the signal's bit
        bool is_bit = false;
        auto operator<=>(const Place&) const = default;
    };

    static std::filesystem::path scratch_file();
    void add_file_and_remove(const std::filesystem::path& path, bool bits);

    std::set<std::string> left_out_;
    std::map<Place, bool> reached_;
};

}  // namespace bitloom
