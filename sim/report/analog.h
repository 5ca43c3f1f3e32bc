// SPDX-License-Identifier: Apache-2.0
// What a run of an analog chip measured beyond that of a digital one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bitloom {

// The chips of a run at one time after programming.
struct AnalogMoment {
    double time_s = 0.0;            // since the first read
    std::vector<double> top1;       // by seed, 0..1; empty without a data set
    double saturated = 0.0;         // share of conversions beyond the range of codes, 0..1
    double weight_rms_error = 0.0;  // of the compensated weights, of the largest; mean over seeds
    double effective_bits = 0.0;    // log2(2 / (sqrt(12) rms)); infinite without error
    double alpha = 1.0;             // of the compensation: mean over layers and seeds
    std::map<std::string, double> energy_pj;  // of the inference of the report, first seed

    double total_energy_pj() const;
    std::optional<double> mean_top1() const;
    std::optional<double> std_top1() const;  // of the sample: divided by n - 1; needs two seeds
};

struct AnalogResult {
    std::uint64_t first_seed = 1;
    std::int64_t seeds = 1;
    std::vector<AnalogMoment> moments;  // as asked for; the first is the one of the tables
    int arrays = 0;
    double mapped_share = 0.0;    // of all pairs, 0..1
    double non_zero_share = 0.0;  // pairs that hold something other than 0
    std::string adc_energy;       // the rows that price a conversion
    double adc_conversion_pj = 0.0;
    double full_scale_cells = 0.0;  // largest of the layers
    std::string full_scale_source;
    // An array with all pairs at work, mean |weight| 1/4 and mean |input| 1/5 of the largest.
    double peak_tops = 0.0;
    double peak_tops_per_watt = 0.0;
    // One read-out of the compensation for the whole network; 0 without.
    std::int64_t read_out_cycles = 0;
    double read_out_pj = 0.0;
    std::int64_t program_attempts = 0;  // of all devices of the first chip
    std::int64_t devices = 0;
};

// "25 s", "1 h", "30 d", "1 y": the largest unit that a time is a whole number of; a year has 365
// days.
std::string time_text(double seconds);

}  // namespace bitloom
