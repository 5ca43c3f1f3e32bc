// SPDX-License-Identifier: Apache-2.0
#include <Vpopcount_unit.h>
#include <Vpopcount_unit6.h>

#include <fmt/format.h>

#include "models/pe/bit_serial/bit_serial_pe.h"
#include "sim/verify/checks.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

template <class Pin>
void put(Pin& pin, std::uint64_t value) {
    pin = static_cast<Pin>(value);
}

// One unit of `word` bits; the modes stand for AND and XOR.
template <class V>
class PopcountBench {
public:
    PopcountBench(VerifyRun& run, int word)
        : run_(run),
          model_(run.options().seed, &run.rtl_coverage()),
          word_(word),
          counts_(run.coverage(fmt::format("{} bits: AND, XOR x count", word), 2 * (word + 1))) {}

    void apply(bool is_xor, std::uint64_t a, std::uint64_t w, std::uint64_t mask) {
        V& pins = model_.pins();
        pins.xor_i = is_xor;
        put(pins.a_i, a);
        put(pins.w_i, w);
        put(pins.mask_i, mask);
        std::string fault;
        try {
            model_.settle();
        } catch (const InternalError& error) {
            fault = error.what();
        }
        const int expected = BitSerialPe::count(
            is_xor ? BitSerialMode::xor_bipolar : BitSerialMode::and_binary, a, w, mask);
        if (!fault.empty() || pins.count_o != expected)
            run_.differ({fmt::format("{} a 0x{:x} w 0x{:x} mask 0x{:x}", is_xor ? "XOR" : "AND", a,
                                     w, mask)},
                        fmt::format("{}", expected),
                        fault.empty() ? fmt::format("{}", pins.count_o) : fault);
        counts_.mark((is_xor ? word_ + 1 : 0) + expected);
        run_.count();
    }

private:
    VerifyRun& run_;
    VerilatedModel<V> model_;
    int word_;
    CoverageSet& counts_;
};

}  // namespace

void check_popcount_unit(VerifyRun& run) {
    constexpr std::uint64_t codes = 64;
    run.begin("6 bits, every pair of words and every mask, AND and XOR", true,
              static_cast<std::int64_t>(2 * codes * codes * codes));
    PopcountBench<Vpopcount_unit6> narrow(run, 6);
    for (const bool is_xor : {false, true})
        for (std::uint64_t a = 0; a < codes; ++a)
            for (std::uint64_t w = 0; w < codes; ++w)
                for (std::uint64_t mask = 0; mask < codes; ++mask) narrow.apply(is_xor, a, w, mask);

    // The ones of a span of positions: every sum of the tree takes every value.
    run.begin("64 bits, every span of ones", true, 2 * 65 * 64 / 2);
    PopcountBench<Vpopcount_unit> wide(run, 64);
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    wide.apply(false, ones, 0, ones);
    wide.apply(true, ones, ones, ones);
    for (int first = 0; first < 64; ++first)
        for (int count = 1; count <= 64 - first; ++count) {
            const std::uint64_t span = (ones >> (64 - count)) << first;
            wide.apply(false, span, ones, ones);
            wide.apply(true, ones, ~span, ones);
        }
    // Each word in turn sparse, dense or neither.
    Draws draws = run.begin("64 bits, random words and masks", false, run.options().vectors);
    const auto word = [&draws] {
        const std::int64_t mood = draws.below(4);
        const std::uint64_t a = draws.bits(), b = draws.bits();
        return mood == 0 ? a & b : mood == 1 ? a | b : mood == 2 ? a : ones;
    };
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        const std::uint64_t a = word(), w = word(), mask = word();
        wide.apply(draws.one_in(2), a, w, mask);
    }
}

}  // namespace bitloom
