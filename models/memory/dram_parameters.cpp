// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_parameters.h"

#include <fmt/format.h>

#include <bit>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {
namespace {

struct Field {
    const char* name;
    const char* unit;
    std::int64_t DramParameters::*member;
    bool may_be_zero = false;
};

// The fields by name: the sets below, the facts for `show` and the checks derive from this list.
constexpr Field kFields[] = {
    {"clock_ps", "ps", &DramParameters::clock_ps},
    {"cl", "clocks", &DramParameters::cl},
    {"tdqsck", "clocks", &DramParameters::tdqsck, true},
    {"cwl", "clocks", &DramParameters::cwl},
    {"tdqss", "clocks", &DramParameters::tdqss, true},
    {"trcd", "clocks", &DramParameters::trcd},
    {"trp", "clocks", &DramParameters::trp},
    {"trpab", "clocks", &DramParameters::trpab},
    {"tras", "clocks", &DramParameters::tras},
    {"trrd_s", "clocks", &DramParameters::trrd_s},
    {"trrd_l", "clocks", &DramParameters::trrd_l},
    {"tfaw", "clocks", &DramParameters::tfaw},
    {"twr", "clocks", &DramParameters::twr},
    {"twtr_s", "clocks", &DramParameters::twtr_s},
    {"twtr_l", "clocks", &DramParameters::twtr_l},
    {"trtp", "clocks", &DramParameters::trtp},
    {"tccd_s", "clocks", &DramParameters::tccd_s},
    {"tccd_l", "clocks", &DramParameters::tccd_l},
    {"turnaround", "clocks", &DramParameters::turnaround, true},
    {"trefi", "clocks", &DramParameters::trefi},
    {"trfc", "clocks", &DramParameters::trfc},
    {"burst_length", "beats", &DramParameters::burst_length},
    {"bus_width_bits", "bits", &DramParameters::bus_width_bits},
    {"channels", "", &DramParameters::channels},
    {"bank_groups", "", &DramParameters::bank_groups},
    {"banks_per_group", "", &DramParameters::banks_per_group},
    {"row_bytes", "bytes", &DramParameters::row_bytes},
    {"interleave_bytes", "bytes", &DramParameters::interleave_bytes},
    {"queue_depth", "bursts", &DramParameters::queue_depth},
};

struct Value {
    const char* field;
    std::int64_t value;
    const char* source;
};

// The standards themselves were not read: the numbers are those of the public simulators named.
constexpr const char* kChoice = "choice of this model, not of the standard";
constexpr const char* kLpddr4 = "DRAMSys, after JESD209-4: LPDDR4-3200";
constexpr const char* kDdr4 = "ramulator2, after JESD79-4C: DDR4-3200AA";
constexpr const char* kHbm2 =
    "JESD235 leaves it to the vendor; HBM2 at 1 GHz as set by a graphics card's memory controller "
    "(DRAMSys, memory specification HBM2)";

constexpr Value kLpddr4Values[] = {
    {"clock_ps", 625, "DRAMSys, after JESD209-4: 3200 Mb/s a pin, 1600 MHz"},
    {"cl", 28, "DRAMSys, after JESD209-4: RL at 3200 Mb/s, read DBI off, set A"},
    {"tdqsck", 6, "DRAMSys, after JESD209-4: tDQSCK at most 3.5 ns"},
    {"cwl", 14, "DRAMSys, after JESD209-4: WL at 3200 Mb/s, set A"},
    {"tdqss", 1, "DRAMSys, after JESD209-4: tDQSS 0.75 to 1.25 clocks"},
    {"trcd", 29, "DRAMSys, after JESD209-4: 18 ns"},
    {"trp", 29, "DRAMSys, after JESD209-4: tRPpb 18 ns"},
    {"trpab", 34, "DRAMSys, after JESD209-4: tRPab 21 ns"},
    {"tras", 68, "DRAMSys, after JESD209-4: 42 ns"},
    {"trrd_s", 16, "DRAMSys, after JESD209-4: 10 ns; no bank groups"},
    {"trrd_l", 16, "DRAMSys, after JESD209-4: 10 ns; no bank groups"},
    {"tfaw", 64, "DRAMSys, after JESD209-4: 40 ns"},
    {"twr", 29, "DRAMSys, after JESD209-4: 18 ns"},
    {"twtr_s", 16, "DRAMSys, after JESD209-4: 10 ns; no bank groups"},
    {"twtr_l", 16, "DRAMSys, after JESD209-4: 10 ns; no bank groups"},
    {"trtp", 12, "DRAMSys, after JESD209-4: 7.5 ns"},
    {"tccd_s", 8, "DRAMSys, after JESD209-4: BL16, 8 clocks"},
    {"tccd_l", 8, "DRAMSys, after JESD209-4: BL16, 8 clocks; no bank groups"},
    {"turnaround", 2, "write preamble of 2 clocks (DRAMSys, after JESD209-4: tWPRE)"},
    {"trefi", 6246, "DRAMSys, after JESD209-4: 3.904 us"},
    {"trfc", 448, "DRAMSys, after JESD209-4: tRFCab 280 ns, 8 Gb a channel"},
    {"burst_length", 16, "DRAMSys, after JESD209-4: BL16"},
    {"bus_width_bits", 16, "DRAMSys, after JESD209-4: x16 channel"},
    {"channels", 4, "two dual-channel x16 devices: a 64-bit package"},
    {"bank_groups", 1, kLpddr4},
    {"banks_per_group", 8, kLpddr4},
    {"row_bytes", 2048, "DRAMSys, after JESD209-4: page of 1024 columns x 16 bit"},
    {"interleave_bytes", 256, kChoice},
    {"queue_depth", 32, kChoice},
};

constexpr Value kDdr4Values[] = {
    {"clock_ps", 625, "ramulator2, after JESD79-4C: 3200 MT/s, 1600 MHz"},
    {"cl", 22, "ramulator2, after JESD79-4C: DDR4-3200AA, 22-22-22"},
    {"tdqsck", 0, "ramulator2, after JESD79-4C: the DLL aligns strobe and clock"},
    {"cwl", 16, "ramulator2, after JESD79-4C: CWL 16 or 20 at 3200 MT/s; the smaller"},
    {"tdqss", 0, "ramulator2, after JESD79-4C: strobe nominally on the clock edge"},
    {"trcd", 22, "ramulator2, after JESD79-4C: DDR4-3200AA, 22-22-22"},
    {"trp", 22, "ramulator2, after JESD79-4C: DDR4-3200AA, 22-22-22"},
    {"trpab", 22, "ramulator2, after JESD79-4C: tRP for precharge all"},
    {"tras", 52, "ramulator2, after JESD79-4C: 32 ns, rounded as the standard does"},
    {"trrd_s", 4, "ramulator2, after JESD79-4C: max(4 clocks, 2.5 ns), 1 KB page"},
    {"trrd_l", 8, "ramulator2, after JESD79-4C: max(4 clocks, 4.9 ns), 1 KB page"},
    {"tfaw", 34, "ramulator2, after JESD79-4C: max(20 clocks, 21 ns), 1 KB page"},
    {"twr", 24, "ramulator2, after JESD79-4C: 15 ns"},
    {"twtr_s", 4, "ramulator2, after JESD79-4C: max(2 clocks, 2.5 ns)"},
    {"twtr_l", 12, "ramulator2, after JESD79-4C: max(4 clocks, 7.5 ns)"},
    {"trtp", 12, "ramulator2, after JESD79-4C: max(4 clocks, 7.5 ns)"},
    {"tccd_s", 4, kDdr4},
    {"tccd_l", 8, "ramulator2, after JESD79-4C: max(4 clocks, 5 ns)"},
    {"turnaround", 2, "ramulator2, after JESD79-4C: read to write, RL + BL/2 - WL + 2 clocks"},
    {"trefi", 12480, "ramulator2, after JESD79-4C: 7.8 us up to 85 degrees C"},
    {"trfc", 560, "JESD79-4C: tRFC1 350 ns, 8 Gb; quoted, not re-read (ramulator2: 360 ns)"},
    {"burst_length", 8, "ramulator2, after JESD79-4C: BL8"},
    {"bus_width_bits", 64, "eight x8 devices: a DIMM without ECC"},
    {"channels", 1, kChoice},
    {"bank_groups", 4, "ramulator2, after JESD79-4C: 8 Gb x8"},
    {"banks_per_group", 4, "ramulator2, after JESD79-4C: 8 Gb x8"},
    {"row_bytes", 8192, "ramulator2, after JESD79-4C: page of 1 KB a x8 device, eight devices"},
    {"interleave_bytes", 256, kChoice},
    {"queue_depth", 32, kChoice},
};

constexpr Value kHbm2Values[] = {
    {"clock_ps", 1000, "JESD235: 2 Gb/s a pin, 1 GHz"},
    {"cl", 17, kHbm2},
    {"tdqsck", 1, kHbm2},
    {"cwl", 7, kHbm2},
    {"tdqss", 0, "not in the source; strobe taken on the clock edge"},
    {"trcd", 12, "as for cl: tRCDRD; used for writes too (tRCDWR would be 6)"},
    {"trp", 14, kHbm2},
    {"trpab", 14, kHbm2},
    {"tras", 28, kHbm2},
    {"trrd_s", 4, kHbm2},
    {"trrd_l", 6, kHbm2},
    {"tfaw", 16, kHbm2},
    {"twr", 14, kHbm2},
    {"twtr_s", 4, kHbm2},
    {"twtr_l", 9, kHbm2},
    {"trtp", 5, kHbm2},
    {"tccd_s", 2, kHbm2},
    {"tccd_l", 3, kHbm2},
    {"turnaround", 5, "as for cl: tRTW 18 = RL + tDQSCK + BL/2 - WL + 5"},
    {"trefi", 3900, "JESD235: 3.9 us"},
    {"trfc", 260, "JESD235: tRFCab 260 ns, 4 Gb a channel"},
    {"burst_length", 4, "JESD235: BL4 in pseudo channel mode"},
    {"bus_width_bits", 64, "JESD235: pseudo channel"},
    {"channels", 16, "JESD235: one stack, 8 channels of 2 pseudo channels"},
    {"bank_groups", 4, "JESD235: 16 banks a pseudo channel"},
    {"banks_per_group", 4, "JESD235: 16 banks a pseudo channel"},
    {"row_bytes", 1024, "JESD235: page of 1 KB a pseudo channel"},
    {"interleave_bytes", 64, kChoice},
    {"queue_depth", 32, kChoice},
};

template <std::size_t N>
DramParameters make(const char* name, const char* description, const char* energy_component,
                    const Value (&values)[N]) {
    static_assert(N == std::size(kFields), "a value for every field");
    DramParameters p;
    p.name = name;
    p.description = description;
    p.energy_component = energy_component;
    for (std::size_t i = 0; i < N; ++i) {
        BITLOOM_CHECK(std::string(values[i].field) == kFields[i].name,
                      "{}: value {} stands where {} belongs", name, values[i].field,
                      kFields[i].name);
        p.*kFields[i].member = values[i].value;
        p.sources[values[i].field] = values[i].source;
    }
    return p;
}

const std::vector<DramParameters>& sets() {
    static const std::vector<DramParameters> all = {
        make("LPDDR4-3200", "JEDEC LPDDR4-3200, 8 Gb a channel, four x16 channels", "dram_lpddr4",
             kLpddr4Values),
        make("DDR4-3200", "JEDEC DDR4-3200AA (22-22-22), 8 Gb x8, one 64-bit channel", "dram_ddr4",
             kDdr4Values),
        make("HBM2-2000",
             "JEDEC HBM2, 2 Gb/s a pin, 4 Gb a channel, one stack of 16 pseudo channels",
             "dram_hbm2", kHbm2Values),
    };
    return all;
}

}  // namespace

double DramParameters::peak_bytes_per_s() const {
    const double bytes_per_clock = 2.0 * static_cast<double>(bus_width_bits) / 8.0;
    return bytes_per_clock * static_cast<double>(channels) * 1e12 / static_cast<double>(clock_ps);
}

std::vector<std::string> dram_names() {
    std::vector<std::string> names;
    for (const DramParameters& p : sets()) names.push_back(p.name);
    return names;
}

const DramParameters& dram_parameters(const std::string& name) {
    for (const DramParameters& p : sets()) {
        if (p.name == name) return p;
    }
    const std::vector<std::string> names = dram_names();
    fail("unknown DRAM '{}'{}; known: {}", name, did_you_mean(name, names), fmt::join(names, " "));
}

std::vector<DramFact> dram_facts(const DramParameters& parameters) {
    std::vector<DramFact> facts;
    for (const Field& field : kFields) {
        const auto source = parameters.sources.find(field.name);
        facts.push_back({field.name, parameters.*field.member, field.unit,
                         source == parameters.sources.end() ? "" : source->second});
    }
    return facts;
}

std::vector<std::string> problems(const DramParameters& p) {
    std::vector<std::string> found;
    for (const Field& field : kFields) {
        const std::int64_t value = p.*field.member;
        const std::int64_t lowest = field.may_be_zero ? 0 : 1;
        if (value < lowest || value > 1'000'000) {
            found.push_back(
                fmt::format("dram.{} = {}: must be {}..1000000", field.name, value, lowest));
        }
    }
    if (!found.empty()) return found;  // the checks below divide by these values
    const auto power_of_two = [&](const char* name, std::int64_t value) {
        if (!std::has_single_bit(static_cast<std::uint64_t>(value))) {
            found.push_back(fmt::format("dram.{} = {}: must be a power of two", name, value));
        }
    };
    power_of_two("channels", p.channels);
    power_of_two("bank_groups", p.bank_groups);
    power_of_two("banks_per_group", p.banks_per_group);
    power_of_two("row_bytes", p.row_bytes);
    power_of_two("interleave_bytes", p.interleave_bytes);
    power_of_two("bus_width_bits", p.bus_width_bits);
    power_of_two("burst_length", p.burst_length);
    if (p.burst_length < 2) {
        found.push_back(fmt::format("dram.burst_length = {}: must be at least 2", p.burst_length));
    }
    if (p.bus_width_bits < 8) {
        found.push_back(
            fmt::format("dram.bus_width_bits = {}: must be at least 8", p.bus_width_bits));
    }
    if (!found.empty()) return found;
    const auto at_least_burst = [&](const char* name, std::int64_t value) {
        if (value < p.burst_bytes()) {
            found.push_back(fmt::format("dram.{} = {}: must be at least a burst ({} bytes)", name,
                                        value, p.burst_bytes()));
        }
    };
    at_least_burst("row_bytes", p.row_bytes);
    at_least_burst("interleave_bytes", p.interleave_bytes);
    if (p.trefi <= p.trfc + p.trpab + p.tras + p.trcd) {
        found.push_back(
            fmt::format("dram.trefi = {}: must be above trfc + trpab + tras + trcd = {}", p.trefi,
                        p.trfc + p.trpab + p.tras + p.trcd));
    }
    return found;
}

}  // namespace bitloom
