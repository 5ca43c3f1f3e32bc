// SPDX-License-Identifier: Apache-2.0
// The three bodies of the systolic array on the same commands: psums, cycles and counts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <systemc>

#include "models/array/systolic/rtl_array.h"
#include "models/base/error.h"
#include "sim/verify/array_commands.h"
#include "sim/verify/checks.h"

namespace bitloom {

namespace {

// A function: a time before main would fix the resolution, which a run sets.
sc_core::sc_time period() {
    return {2, sc_core::SC_NS};
}

// One array as it stands in a chip, in each of its bodies.
struct Lane {
    SystolicConfig config;
    int mode = 0;  // output stationary with bus drain, with shift drain, weight stationary
    std::unique_ptr<SystolicBody> tile, pe, rtl;
    std::array<std::string, 3> history;  // the last commands, the oldest first
};

constexpr std::array<std::int64_t, 3> sizes = {4, 8, 16};
constexpr int modes = 3;
constexpr std::array<const char*, modes> mode_names = {"bus drain", "shift drain",
                                                       "weight stationary"};

SystolicConfig config_of(std::int64_t size, int mode, bool overlap) {
    SystolicConfig config;
    config.rows = config.columns = size;
    config.accumulator_bits = 32;
    config.dataflow = mode == 2 ? Dataflow::weight_stationary : Dataflow::output_stationary;
    config.drain = mode == 1 ? Drain::shift : Drain::bus;
    config.overlap_folds = overlap;
    // Overlapped folds with wide ports, and one step in several cycles without: both ways matter.
    config.activation_port_bits = overlap ? 1024 : 2 * size;
    config.weight_port_bits = overlap ? 1024 : 4 * size;
    return config;
}

struct Result {
    PsumTile psums;
    std::int64_t cycles = 0;
    ArrayCounts counts;

    bool operator==(const Result& other) const {
        return psums.words == other.psums.words && cycles == other.cycles && counts == other.counts;
    }
};

// What differs first, as seen from `got`.
std::string describe(const Result& result, const Result& other) {
    std::string text =
        fmt::format("{} cycles, {} macs, {} decodes, {} overflows", result.cycles,
                    result.counts.macs, result.counts.decodes, result.counts.overflows);
    const auto at = std::ranges::mismatch(result.psums.words, other.psums.words).in1;
    if (at == result.psums.words.end()) return text;
    const auto index = at - result.psums.words.begin();
    std::int64_t differ = 0;
    for (std::size_t i = 0; i < result.psums.words.size(); ++i)
        differ += result.psums.words[i] != other.psums.words[i];
    return text + fmt::format(", {} psums differ, first row {} column {} = {}", differ,
                              index / result.psums.columns, index % result.psums.columns, *at);
}

// Runs the commands of all arrays one after another in one thread.
class Driver : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(Driver);
    Driver(sc_core::sc_module_name name, VerifyRun& run, std::vector<Lane>& lanes)
        : sc_module(name),
          run_(run),
          lanes_(lanes),
          configurations_(run.coverage("array: size x drain or dataflow x 4-bit, 8-bit",
                                       std::ssize(sizes) * modes * 2)),
          formats_(run.coverage("array: pairs of formats", std::ssize(array_format_pairs()))),
          cases_(run.coverage(
              "array: partial, full and several folds; K cut; adds; wraps; slow ports", 7)) {
        SC_THREAD(drive);
    }
    // Throws what ended the drive.
    void finish() const {
        if (difference_) throw *difference_;
        BITLOOM_CHECK(done_, "the arrays came to an end of their commands");
    }

private:
    void drive() {
        try {
            const std::size_t per_size = lanes_.size() / sizes.size();
            for (std::size_t s = 0; s < sizes.size(); ++s)
                drive_size(s, std::span(lanes_).subspan(s * per_size, per_size));
        } catch (const VerifyRun::Difference& difference) {
            difference_ = difference;
        }
        done_ = true;
    }

    void drive_size(std::size_t size, std::span<Lane> lanes) {
        // A vector is a cycle of the RTL; few as they may be, each pair of formats has its turn.
        const std::int64_t vectors = run_.options().vectors / std::ssize(sizes);
        const std::int64_t at_least = 2 * std::ssize(array_format_pairs()) / std::ssize(sizes);
        Draws draws =
            run_.begin(fmt::format("array {0}x{0}, random commands, clock cycles", sizes[size]),
                       false, vectors);
        std::int64_t cycles = 0;
        for (std::int64_t i = 0; i < at_least || cycles < vectors; ++i)
            cycles += command(draws, size, lanes[static_cast<std::size_t>(i % std::ssize(lanes))]);
    }

    std::int64_t command(Draws& draws, std::size_t size, Lane& lane) {
        const std::size_t pair = next_pair();
        const ArrayWork work = draw_array_work(draws, lane.config, pair);
        std::ranges::rotate(lane.history, lane.history.begin() + 1);
        lane.history.back() =
            fmt::format("{}{}: {}", mode_names[static_cast<std::size_t>(lane.mode)],
                        lane.config.overlap_folds ? ", overlap" : "", work.describe());
        const Result tile = execute(*lane.tile, work);
        const Result pe = execute(*lane.pe, work);
        if (!(pe == tile))
            differ(lane, describe(tile, pe) + " (tile)", describe(pe, tile) + " (pe)");
        const Result rtl = execute_rtl(lane, work, pe);
        if (!(rtl == pe)) differ(lane, describe(pe, rtl), describe(rtl, pe));
        for (std::int64_t c = 0; c < rtl.cycles; ++c) run_.count();

        formats_.mark(static_cast<std::int64_t>(pair));
        const bool wide = work.tile.weight_bits == 8;
        configurations_.mark((static_cast<std::int64_t>(size) * modes + lane.mode) * 2 + wide);
        const int lines = wide ? 2 : 1;
        const auto folds = folds_of(lane.config, work.tile, lines);
        for (const Fold& fold : folds)
            cases_.mark(fold.n_count * lines < lane.config.columns ? 0 : 1);
        if (folds.size() > 1) cases_.mark(2);
        if (work.tile.k_begin > 0) cases_.mark(3);
        if (work.tile.accumulate) cases_.mark(4);
        if (rtl.counts.overflows > 0) cases_.mark(5);
        if (rtl.counts.cycles.bandwidth > 0) cases_.mark(6);
        return rtl.cycles;
    }

    // The narrow pairs in turn; every fourth command is in 8-bit mode.
    std::size_t next_pair() {
        const std::size_t narrow = array_format_pairs().size() - wide_format_pairs;
        const std::size_t n = commands_++;
        return n % 4 == 3 ? narrow + n / 4 % wide_format_pairs : (n - n / 4) % narrow;
    }

    Result execute(ArrayBody& body, const ArrayWork& work) {
        const CodeValues activation(*work.activation), weight(*work.weight);
        Result result;
        result.psums = work.start;
        ArrayCommand command;
        command.tile = work.tile;
        command.activations = work.activations.data();
        command.weights = work.weights.data();
        command.activation_values = &activation;
        command.weight_values = &weight;
        command.psums = &result.psums;
        const sc_core::sc_time begin = sc_core::sc_time_stamp();
        result.counts = body.counts();
        body.execute(command);
        const ArrayCounts before = result.counts;
        result.counts = body.counts();
        result.counts -= before;
        result.cycles =
            static_cast<std::int64_t>((sc_core::sc_time_stamp() - begin) / period() + 0.5);
        return result;
    }
    // An assertion of the RTL fails in the array's own process; the kernel ends, and the current
    // command is the guilty one.
    Result execute_rtl(Lane& lane, const ArrayWork& work, const Result& expected) {
        lane_ = &lane;
        expected_ = describe(expected, expected);
        Result result = execute(*lane.rtl, work);
        lane_ = nullptr;
        return result;
    }

    [[noreturn]] void differ(const Lane& lane, std::string expected, std::string got) const {
        std::vector<std::string> lines;
        for (const std::string& line : lane.history)
            if (!line.empty()) lines.push_back(line);
        run_.differ(std::move(lines), std::move(expected), std::move(got));
    }

public:
    // After an exception that left the kernel: the difference that it is.
    [[noreturn]] void stopped(const std::string& message) const {
        if (!lane_) throw InternalError(message);
        differ(*lane_, expected_, message);
    }

private:
    VerifyRun& run_;
    std::vector<Lane>& lanes_;
    CoverageSet& configurations_;
    CoverageSet& formats_;
    CoverageSet& cases_;
    std::size_t commands_ = 0;
    const Lane* lane_ = nullptr;  // whose RTL is running
    std::string expected_;
    std::optional<VerifyRun::Difference> difference_;
    bool done_ = false;
};

}  // namespace

void check_systolic_array(VerifyRun& run) {
    if (sc_core::sc_get_status() != sc_core::SC_ELABORATION)
        fail("systolic_array: one check of a SystemC model a process");
    std::vector<Lane> lanes;
    for (const std::int64_t size : sizes)
        for (int mode = 0; mode < modes; ++mode)
            for (const bool overlap : {false, true}) {
                Lane lane;
                lane.config = config_of(size, mode, overlap);
                lane.mode = mode;
                const auto make = [&](const char* fidelity) {
                    const std::string name =
                        fmt::format("{}_{}_{}_{}", fidelity, size, mode, overlap ? 1 : 0);
                    return make_systolic_array(fidelity, name.c_str(), lane.config, period());
                };
                lane.tile = make("tile");
                lane.pe = make("pe");
                lane.rtl = make("rtl");
                lanes.push_back(std::move(lane));
            }
    Driver driver("driver", run, lanes);
    try {
        sc_core::sc_start();
    } catch (const std::exception& error) {
        driver.stopped(error.what());
    }
    for (const Lane& lane : lanes)
        run.rtl_coverage().add_written([&lane](const std::filesystem::path& path) {
            static_cast<RtlArray&>(*lane.rtl).write_coverage(path);
        });
    driver.finish();
}

}  // namespace bitloom
