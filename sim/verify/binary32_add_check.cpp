// SPDX-License-Identifier: Apache-2.0
#include <Vbinary32_add.h>
#include <fmt/format.h>

#include "sim/verify/binary32_operands.h"
#include "sim/verify/checks.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

void check_binary32_add(VerifyRun& run) {
    VerilatedModel<Vbinary32_add> model(run.options().seed, &run.rtl_coverage());
    const auto add = [&](std::uint32_t a, std::uint32_t b) {
        const std::uint32_t expected = binary32_add(a, b);
        model.pins().a_i = a;
        model.pins().b_i = b;
        model.settle();
        if (model.pins().sum_o != expected)
            run.differ({fmt::format("a 0x{:08x} b 0x{:08x}", a, b)},
                       fmt::format("sum 0x{:08x}", expected),
                       fmt::format("sum 0x{:08x}", model.pins().sum_o));
        run.count();
    };
    const std::vector<std::uint32_t> corners = binary32_corners();
    run.begin("every corner + every corner", true,
              static_cast<std::int64_t>(corners.size() * corners.size()));
    for (const std::uint32_t a : corners)
        for (const std::uint32_t b : corners) add(a, b);
    const std::int64_t vectors = run.options().vectors;
    Draws draws = run.begin("random pairs, every other one with near exponents", false, vectors);
    for (std::int64_t i = 0; i < vectors; ++i) {
        const auto [a, b] = random_binary32_pair(i, draws.bits());
        add(a, b);
    }
}

}  // namespace bitloom
