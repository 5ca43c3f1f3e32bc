// SPDX-License-Identifier: Apache-2.0
// Timing and shape of DRAM standards, each number with its source.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bitloom {

// One memory system: `channels` equal channels that share nothing. A channel of a standard with
// pseudo channels (HBM2) is one pseudo channel. Double data rate: two beats a clock.
// Every time except clock_ps is in DRAM clocks.
struct DramParameters {
    std::string name;         // "LPDDR4-3200"
    std::string description;  // the speed bin, density and organization that the numbers belong to
    // Component whose rows price a bit, e.g. "dram_lpddr4" (models/energy/tables).
    std::string energy_component;

    std::int64_t clock_ps = 0;

    std::int64_t cl = 0;          // read latency: read command to first beat, without tdqsck
    std::int64_t tdqsck = 0;      // added to cl: delay of the strobe in devices without a DLL
    std::int64_t cwl = 0;         // write latency: write command to first beat, without tdqss
    std::int64_t tdqss = 0;       // added to cwl: write command to first strobe edge
    std::int64_t trcd = 0;        // activate to column command
    std::int64_t trp = 0;         // precharge of one bank to its next activate
    std::int64_t trpab = 0;       // precharge of all banks to refresh
    std::int64_t tras = 0;        // activate to precharge
    std::int64_t trrd_s = 0;      // activate to activate, other bank group
    std::int64_t trrd_l = 0;      // activate to activate, same bank group
    std::int64_t tfaw = 0;        // window that holds at most four activates
    std::int64_t twr = 0;         // last beat written to precharge
    std::int64_t twtr_s = 0;      // last beat written to read command, other bank group
    std::int64_t twtr_l = 0;      // last beat written to read command, same bank group
    std::int64_t trtp = 0;        // read command to precharge
    std::int64_t tccd_s = 0;      // column to column command, other bank group
    std::int64_t tccd_l = 0;      // column to column command, same bank group
    std::int64_t turnaround = 0;  // idle clocks on the data bus between a read and a write
    std::int64_t trefi = 0;       // refresh interval
    std::int64_t trfc = 0;        // all-bank refresh

    std::int64_t burst_length = 0;    // beats
    std::int64_t bus_width_bits = 0;  // of one channel
    std::int64_t channels = 0;
    std::int64_t bank_groups = 0;  // of one channel; 1 where the standard has none
    std::int64_t banks_per_group = 0;
    std::int64_t row_bytes = 0;         // of one bank of one channel (all devices of the channel)
    std::int64_t interleave_bytes = 0;  // consecutive bytes in one channel before the next one
    std::int64_t queue_depth = 0;       // bursts that the controller of a channel looks ahead

    std::map<std::string, std::string> sources;  // field name -> where its value comes from

    std::int64_t burst_bytes() const { return burst_length * bus_width_bits / 8; }
    std::int64_t burst_clocks() const { return burst_length / 2; }
    std::int64_t read_latency() const { return cl + tdqsck; }   // command to first beat
    std::int64_t write_latency() const { return cwl + tdqss; }  // command to first beat
    std::int64_t banks() const { return bank_groups * banks_per_group; }
    // Theoretical peak over all channels: every beat carries data.
    double peak_bytes_per_s() const;
};

// One line for `bitloom show`: name, value, unit and source of a field.
struct DramFact {
    std::string name;
    std::int64_t value = 0;
    std::string unit;  // "clocks", "ps", "bits", "bytes" or empty
    std::string source;
};

// The addresses of consecutive bursts, highest bits first: row : bank : column : bank group :
// channel : byte of the interleave block. Consecutive bursts of a channel thus visit the bank
// groups in turn, which hides tCCD_L.
inline constexpr const char* kDramAddressMapping = "row:bank:column:group:channel:offset";

std::vector<std::string> dram_names();  // in the order of definition
// Error with the nearest name for an unknown one.
const DramParameters& dram_parameters(const std::string& name);
std::vector<DramFact> dram_facts(const DramParameters& parameters);
// Every reason why the set cannot be simulated; empty when it can.
std::vector<std::string> problems(const DramParameters& parameters);

}  // namespace bitloom
