// SPDX-License-Identifier: Apache-2.0
// The chip's stepped array does what the RTL of its digital half does: the same conversions in the
// same order, with the same codes, and as many cycles from one to the next.
#include <Vcim_digital.h>
#include <Vcim_digital_sar.h>

#include <systemc>

#include "models/chip/cim_chip/cim_array.h"
#include "models/chip/cim_chip/cim_chip_config.h"
#include "tests/cosim/cim_core_bench.h"
#include "tests/models/cim/crossbar/crossbar_bench.h"

namespace bitloom::test {
namespace {

// What is added to a layer's sums in one cycle.
struct Step {
    std::int64_t cycle = 0;
    std::int64_t conversions = 0;
    std::vector<std::int32_t> sums;  // of the position, after it
};

// Positions one after another, a command each.
std::vector<Step> stepped(CimArray& array, const CoreLayer& of, const std::vector<std::int8_t>& x,
                          std::uint64_t event, const sc_core::sc_time& period) {
    const std::vector<std::size_t> blocks = of.blocks();
    const auto k = static_cast<std::size_t>(of.cells().k);
    std::vector<std::int32_t> sums(static_cast<std::size_t>(of.cells().n));
    std::vector<Step> steps;
    for (std::size_t position = 0; position < x.size() / k; ++position) {
        std::fill(sums.begin(), sums.end(), 0);
        array.start({blocks, std::span(x).subspan(position * k, k), event + position, sums});
        // To the next edge at which something happens, and one delta cycle there: the command that
        // follows begins at the very edge at which this one ends.
        while (!array.idle()) {
            sc_core::sc_start(sc_core::sc_time_to_pending_activity());
            sc_core::sc_start(sc_core::SC_ZERO_TIME);
            const std::int64_t conversions = array.take_counts().conversions;
            const auto cycle = static_cast<std::int64_t>(sc_core::sc_time_stamp() / period);
            if (conversions != 0) steps.push_back({cycle, conversions, sums});
        }
    }
    return steps;
}

// The same of what the RTL took; `whole_passes`: the phases of a pass as one step.
std::vector<Step> taken(const CoreRun& run, const CoreLayer& of, bool whole_passes) {
    const std::size_t tiles = of.blocks().size();
    const LayerCells& cells = of.cells();
    const std::vector<InputPass> passes = input_passes(of.mvm.config().dac);
    std::vector<std::int32_t> sums(static_cast<std::size_t>(cells.n));
    std::vector<Step> steps;
    for (std::size_t i = 0; i < run.phases.size(); ++i) {
        const TakenPhase& phase = run.phases[i];
        if (phase.vector % tiles == 0 && phase.pass == 0 && phase.phase == 0)
            std::fill(sums.begin(), sums.end(), 0);
        const InputPass& weight = passes[static_cast<std::size_t>(phase.pass)];
        for (std::size_t c = 0; c < phase.columns.size(); ++c) {
            const int slice = phase.columns[c] % cells.slices;
            const std::int32_t shifted =
                phase.codes[c] * (1 << (weight.shift + slice * cells.slice_bits));
            sums[static_cast<std::size_t>(phase.columns[c] / cells.slices)] +=
                weight.negative ? -shifted : shifted;
        }
        const auto conversions = static_cast<std::int64_t>(phase.columns.size());
        if (whole_passes && phase.phase != 0)
            steps.back() = {phase.cycle, steps.back().conversions + conversions, sums};
        else
            steps.push_back({phase.cycle, conversions, sums});
    }
    return steps;
}

// Every layer of every mode is an array of its own: SystemC has one elaboration.
template <class V>
void expect_same_sequence(const CimDigital::Config& config, AdcKind kind,
                          const std::vector<InputMode>& modes) {
    const sc_core::sc_time period(1.0, sc_core::SC_NS);
    struct Case {
        std::unique_ptr<Crossbar> crossbar;
        std::unique_ptr<CimMvm> mvm;
        CimTiming timing;
        std::unique_ptr<CimArray> array;
    };
    std::vector<Case> cases;
    for (const InputMode mode : modes)
        for (const int cell_bits : {7, 4})
            for (const bool tall : {false, true}) {
                // Three row tiles of all columns, or one of a few.
                const int slices = slices_of({16, 8, cell_bits, 2, 0}, 8);
                const LayerMatrix matrix = tall ? random_layer("tall", 40, 8 / slices, 8, 5)
                                                : random_layer("small", 13, 6 / slices, 8, 5);
                CimChipConfig chip;
                chip.crossbar.device = "pcm";
                chip.crossbar.geometry = {16, 8, cell_bits, 2, 0};
                chip.crossbar.wire_ohm = 1.0;
                chip.mvm.dac.mode = mode;
                chip.mvm.dac.split_low_bits = 3;
                chip.mvm.adc.kind = kind;
                chip.mvm.adc.noise_sigma_lsb = 0.5;
                chip.mvm.read_noise = 0.0175;
                Case next;
                next.crossbar =
                    std::make_unique<Crossbar>(chip.crossbar, std::vector{matrix}, 5, 3600.0);
                next.mvm = std::make_unique<CimMvm>(next.crossbar->snapshot, chip.mvm,
                                                    std::vector{4.0}, 5);
                next.timing = cim_timing(chip);
                next.array = std::make_unique<CimArray>(
                    fmt::format("array{}", cases.size()).c_str(), *next.mvm, next.timing, period);
                cases.push_back(std::move(next));
            }

    sc_core::sc_start(sc_core::SC_ZERO_TIME);  // the arrays wait for their first command
    for (Case& next : cases) {
        SCOPED_TRACE(next.array->name());
        const CoreLayer layer{*next.mvm, 0};
        const std::vector<std::int8_t> x = random_inputs(4 * layer.cells().k, 127, 9);
        CoreBench<V> bench(config, 3);
        const CoreRun run =
            bench.run(layer, x, 11, std::vector<CoreOutput>(8, {0, quantize_multiplier(0.01)}),
                      [](std::int64_t) { return 0; });
        const std::vector<Step> rtl = taken(run, layer, !next.timing.integrating);
        const std::vector<Step> chip = stepped(*next.array, layer, x, 11, period);
        ASSERT_EQ(rtl.size(), chip.size());
        for (std::size_t i = 0; i < rtl.size(); ++i) {
            EXPECT_EQ(rtl[i].conversions, chip[i].conversions) << "step " << i;
            EXPECT_EQ(rtl[i].sums, chip[i].sums) << "step " << i;
            if (i == 0) continue;
            EXPECT_EQ(rtl[i].cycle - rtl[i - 1].cycle, chip[i].cycle - chip[i - 1].cycle)
                << "step " << i;
        }
    }
}

// A ramp needs 2^(b-1) + 1 cycles, which only the pulses of PWM are longer than.
TEST(CimSequence, IntegratingArrayStepsAsTheRtlDoes) {
    expect_same_sequence<Vcim_digital>({}, AdcKind::ramp, {InputMode::pwm});
}

TEST(CimSequence, SamplingArrayStepsAsTheRtlDoes) {
    expect_same_sequence<Vcim_digital_sar>(
        {.ramp = false, .sequence = {.hold_columns = true}}, AdcKind::sar,
        {InputMode::pwm, InputMode::split_pwm, InputMode::bit_serial});
}

}  // namespace
}  // namespace bitloom::test
