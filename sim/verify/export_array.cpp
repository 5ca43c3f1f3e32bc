// SPDX-License-Identifier: Apache-2.0
// Vectors of the systolic array of 4 x 4 PEs, from its published schedule (the head of
// rtl/systolic_array.sv and models/array/README.md) and the products of AntPe: no model of what
// happens inside the array.
#include <fmt/format.h>

#include <array>
#include <vector>

#include "models/base/random.h"
#include "models/numeric/format.h"
#include "models/pe/ant_pe/ant_decoder.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "sim/verify/export_case.h"

namespace bitloom {

namespace {

constexpr int rows = 4;
constexpr int columns = 4;
constexpr int acc_bits = 32;

enum class Flow : std::uint8_t { bus_drain, shift_drain, weight_stationary };

// Formats by the number of the port type; a 4-bit code is one line's operand.
struct LineFormat {
    const char* name;
    std::uint32_t type;
};
constexpr std::array line_formats = {LineFormat{"uint4", 0},  LineFormat{"uflint4", 1},
                                     LineFormat{"upot4", 2},  LineFormat{"int4", 4},
                                     LineFormat{"flint4", 5}, LineFormat{"pot4", 6}};

// Inputs and outputs of one step: a clock edge with enable_i.
struct Step {
    std::uint32_t activation_code = 0, activation_valid = 0;
    bool first = false, last = false;
    std::uint32_t weight_code = 0, weight_valid = 0;
    bool load = false, load_first = false;
    bool shift = false;
    std::array<std::uint32_t, columns> psum{};
    std::uint32_t psum_valid = 0;
    std::uint32_t activation_decode = 0, weight_decode = 0, mac = 0;
};

// A run of folds with one configuration; after it nothing is in flight.
class Phase {
public:
    Phase(Flow flow, const RandomStream& random, std::uint64_t& index)
        : flow_(flow),
          random_(random),
          index_(index),
          activation_(line_formats[draw(line_formats.size())]),
          weight_(line_formats[draw(line_formats.size())]) {
        for (int fold = 0; fold < 5; ++fold) add_fold(1 + static_cast<int>(draw(9)));
        at(steps_.size());  // shows that nothing follows
    }
    const std::vector<Step>& steps() const { return steps_; }
    std::uint32_t activation_type() const { return activation_.type; }
    std::uint32_t weight_type() const { return weight_.type; }
    std::uint64_t draw(std::uint64_t bound) { return random_.below(index_++, bound); }

private:
    using Line = std::array<std::uint32_t, 4>;

    Step& at(std::size_t step) {
        if (steps_.size() <= step) steps_.resize(step + 1);
        return steps_[step];
    }
    Step& at(int step) { return at(static_cast<std::size_t>(step)); }
    Line codes() {
        Line line{};
        for (std::uint32_t& code : line) code = static_cast<std::uint32_t>(draw(16));
        return line;
    }
    // Half of the folds use all lines, as tiles do; the others are at an edge.
    std::uint32_t mask() { return draw(2) == 0 ? 15u : (1u << draw(5)) - 1; }
    static std::uint32_t packed(const Line& line) {
        return line[0] | line[1] << 4 | line[2] << 8 | line[3] << 12;
    }
    std::int64_t product(std::uint32_t activation, std::uint32_t weight) const {
        return AntPe::product(activation_decoder_.operand(activation, 0),
                              weight_decoder_.operand(weight, 0));
    }
    // A psum that leaves after `step` is at the outputs in the next one.
    void leave(int step, int column, std::int64_t sum) {
        Step& out = at(step + 1);
        out.psum[static_cast<std::size_t>(column)] =
            static_cast<std::uint32_t>(wrap_to_bits(sum, acc_bits));
        out.psum_valid |= 1u << column;
    }
    void feed_activations(int step, const Line& line, std::uint32_t valid, bool first, bool last) {
        Step& in = at(step);
        in.activation_code = packed(line);
        in.activation_valid = valid;
        in.first = first;
        in.last = last;
        for (int r = 0; r < rows; ++r)
            if ((valid >> r & 1) != 0) at(step + r).activation_decode |= 1u << r;
    }
    void feed_weights(int step, const Line& line, std::uint32_t valid) {
        Step& in = at(step);
        in.weight_code = packed(line);
        in.weight_valid = valid;
        for (int c = 0; c < columns; ++c)
            if ((valid >> c & 1) != 0) at(step + c).weight_decode |= 1u << c;
    }

    void add_fold(int depth) {
        if (flow_ == Flow::weight_stationary)
            add_weight_stationary(depth);
        else
            add_output_stationary(depth);
    }

    void add_output_stationary(int depth) {
        // Behind the last fold, and so that no two psums meet on a column's bus or in a slot.
        int t = next_ + static_cast<int>(draw(2));
        const int complete = flow_ == Flow::bus_drain ? last_complete_ + rows : free_from_;
        t = std::max(t, complete - depth + (flow_ == Flow::bus_drain ? 1 : 0));
        const std::uint32_t valid_rows = mask(), valid_columns = mask();
        std::array<std::array<std::int64_t, columns>, rows> sums{};
        for (int p = 0; p < depth; ++p) {
            const Line a = codes(), w = codes();
            feed_activations(t + p, a, valid_rows, p == 0, p == depth - 1);
            feed_weights(t + p, w, valid_columns);
            for (int r = 0; r < rows; ++r)
                for (int c = 0; c < columns; ++c) {
                    if ((valid_rows >> r & valid_columns >> c & 1) == 0) continue;
                    sums[r][c] += product(a[r], w[c]);
                    at(t + p + r + c).mac |= 1u << (r * columns + c);
                }
        }
        last_complete_ = t + depth - 1;
        // Shift drain: from the step in which the last psum is complete.
        const int drain = t + depth + rows + columns - 2;
        if (flow_ == Flow::shift_drain)
            for (int i = 0; i < rows; ++i) at(drain + i).shift = true;
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < columns; ++c)
                if ((valid_rows >> r & valid_columns >> c & 1) != 0)
                    leave(flow_ == Flow::bus_drain ? t + depth - 1 + r + c : drain + rows - 1 - r,
                          c, sums[r][c]);
        free_from_ = drain + rows;
        next_ = t + depth;
    }

    void add_weight_stationary(int depth) {
        // The next weights may come in while the last fold runs, from its first step on.
        const int load = last_first_ + static_cast<int>(draw(3));
        std::array<Line, rows> weights;
        const std::uint32_t valid_columns = mask(), valid_rows = mask();
        for (int i = 0; i < rows; ++i) {
            weights[rows - 1 - i] = codes();
            feed_weights(load + i, weights[rows - 1 - i], valid_columns);
            at(load + i).load = true;
            at(load + i).load_first = i == 0;
        }
        const int t = std::max(next_, load + rows) + static_cast<int>(draw(2));
        for (int p = 0; p < depth; ++p) {
            const Line a = codes();
            feed_activations(t + p, a, valid_rows, p == 0, p == depth - 1);
            for (int c = 0; c < columns; ++c) {
                if ((valid_columns >> c & 1) == 0) continue;
                std::int64_t sum = 0;
                for (int r = 0; r < rows; ++r) {
                    if ((valid_rows >> r & 1) == 0) continue;
                    sum += product(a[r], weights[r][c]);
                    at(t + p + r + c).mac |= 1u << (r * columns + c);
                }
                if (valid_rows != 0) leave(t + p + rows - 1 + c, c, sum);
            }
        }
        last_first_ = t;
        next_ = t + depth;
    }

    const Flow flow_;
    const RandomStream& random_;
    std::uint64_t& index_;
    const LineFormat activation_, weight_;
    const AntDecoder activation_decoder_{format(activation_.name)};
    const AntDecoder weight_decoder_{format(weight_.name)};
    std::vector<Step> steps_;
    int next_ = 0;               // first step without a vector
    int last_complete_ = -rows;  // output stationary: last step of the last fold
    int free_from_ = 0;          // shift drain: first step with empty slots
    int last_first_ = 0;         // weight stationary: first step of the last fold
};

ExportCase array_case(Flow flow, const char* suffix, std::uint64_t seed, std::int64_t vectors) {
    const std::string name = fmt::format("systolic_array_{}", suffix);
    ExportCase out(name, "systolic_array", {{"Rows", rows}, {"Columns", columns}}, true,
                   {{"rst_ni"},
                    {"enable_i"},
                    {"weight_stationary_i"},
                    {"shift_drain_i"},
                    {"wide_i"},
                    {"activation_type_i", 3},
                    {"activation_narrow_i"},
                    {"weight_type_i", 3},
                    {"weight_narrow_i"},
                    {"activation_code_i", 4 * rows},
                    {"activation_valid_i", rows},
                    {"activation_first_i"},
                    {"activation_last_i"},
                    {"weight_code_i", 4 * columns},
                    {"weight_valid_i", columns},
                    {"weight_load_i"},
                    {"weight_load_first_i"},
                    {"weight_repeat_i"},
                    {"shift_i"}},
                   {{"psum_o", acc_bits * columns},
                    {"psum_valid_o", columns},
                    {"activation_decode_o", rows},
                    {"weight_decode_o", columns},
                    {"mac_o", rows * columns}});
    const RandomStream random(seed, name);
    std::uint64_t index = 0;
    for (std::int64_t left = vectors; left > 0;) {
        Phase phase(flow, random, index);
        const auto add = [&](bool reset, bool enable, const Step& s) {
            UInt128 psums = 0;
            for (int c = columns - 1; c >= 0; --c)
                psums = (psums << acc_bits) | s.psum[static_cast<std::size_t>(c)];
            out.add_row({!reset, enable, flow == Flow::weight_stationary, flow == Flow::shift_drain,
                         false, phase.activation_type(), false, phase.weight_type(), false,
                         s.activation_code, s.activation_valid, s.first, s.last, s.weight_code,
                         s.weight_valid, s.load, s.load_first, false, s.shift},
                        {psums, s.psum_valid, s.activation_decode, s.weight_decode, s.mac});
            --left;
        };
        // Every third phase starts with a reset; the configuration is there one edge before.
        add(out.row_count() == 0 || phase.draw(3) == 0, false, {});
        add(false, false, {});
        for (const Step& step : phase.steps()) {
            while (phase.draw(8) == 0) add(false, false, step);
            add(false, true, step);
        }
    }
    return out;
}

}  // namespace

std::vector<ExportCase> array_export_cases(std::uint64_t seed, std::int64_t vectors) {
    std::vector<ExportCase> cases;
    cases.push_back(array_case(Flow::bus_drain, "bus_drain", seed, vectors));
    cases.push_back(array_case(Flow::shift_drain, "shift_drain", seed, vectors));
    cases.push_back(array_case(Flow::weight_stationary, "weight_stationary", seed, vectors));
    return cases;
}

}  // namespace bitloom
