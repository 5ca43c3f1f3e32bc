// SPDX-License-Identifier: Apache-2.0
// T11: voltage drop along a bit line against nodal analysis and closed forms.
#include "models/cim/crossbar/ir_drop.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "tests/models/cim/crossbar/crossbar_bench.h"

namespace bitloom::test {
namespace {

// Output current by Kirchhoff's law at every node, with `volts` on the rows; cell 0 farthest.
double nodal_current(const std::vector<double>& g, double wire, double output,
                     const Eigen::VectorXd& volts) {
    const auto n = static_cast<Eigen::Index>(g.size());
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd b(n);
    for (Eigen::Index k = 0; k < n; ++k) {
        const double cell = g[static_cast<std::size_t>(k)];
        a(k, k) += cell;
        b(k) = cell * volts(k);
        if (k + 1 < n) {
            a(k, k) += 1.0 / wire;
            a(k + 1, k + 1) += 1.0 / wire;
            a(k, k + 1) -= 1.0 / wire;
            a(k + 1, k) -= 1.0 / wire;
        } else {
            a(k, k) += 1.0 / output;
        }
    }
    const Eigen::VectorXd nodes = a.partialPivLu().solve(b);
    return nodes(n - 1) / output;
}

std::vector<double> random_conductances(std::size_t n, std::uint64_t seed) {
    const RandomStream random(seed, "conductances");
    std::vector<double> g;
    for (std::size_t i = 0; i < n; ++i)
        g.push_back(i % 7 == 3 ? 0.0 : 25e-6 * random.uniform(i));  // some rows are disconnected
    return g;
}

double current(const std::vector<double>& g, double wire, double output,
               const Eigen::VectorXd& volts) {
    std::vector<double> factors(g.size());
    ir_drop_factors(g, wire, output, factors);
    double sum = 0.0;
    for (std::size_t k = 0; k < g.size(); ++k)
        sum += factors[k] * g[k] * volts(static_cast<Eigen::Index>(k));
    return sum;
}

TEST(IrDrop, IsTheNodalSolution) {
    for (const std::size_t n : {1u, 2u, 3u, 17u, 128u, 300u})
        for (const double wire : {0.01, 0.35, 5.0, 500.0})
            for (const double output : {0.001, 50.0, 5000.0}) {
                const std::vector<double> g = random_conductances(n, n);
                const Eigen::VectorXd volts = Eigen::VectorXd::Random(static_cast<Eigen::Index>(n));
                const double expected = nodal_current(g, wire, output, volts);
                const double scale = current(g, 0.0, 0.0, volts.cwiseAbs());
                EXPECT_NEAR(current(g, wire, output, volts), expected, 1e-9 * scale)
                    << n << " cells, " << wire << " ohm, " << output << " ohm";
            }
}

// A uniform column with every row at V: I = (V / r) (1 - cosh(h (n - 1/2)) / cosh(h (n + 1/2))),
// cosh h = 1 + r g / 2.
TEST(IrDrop, UniformColumnHasItsClosedForm) {
    for (const int n : {1, 2, 10, 256, 1024})
        for (const double rg : {1e-8, 1e-6, 1e-4, 1e-2}) {
            const double g = 25e-6, r = rg / g;
            // 1 + r g / 2 = cosh h and the difference of cosh, without cancelling where they are
            // small.
            const double h = 2.0 * std::asinh(0.5 * std::sqrt(rg));
            const double expected =
                2.0 / r * std::sinh(h * n) * std::sinh(0.5 * h) / std::cosh(h * (n + 0.5));
            // The virtual ground is a wire away from the last cell.
            const double found = current(std::vector<double>(static_cast<std::size_t>(n), g), r, r,
                                         Eigen::VectorXd::Ones(n));
            EXPECT_NEAR(found / expected, 1.0, 1e-11) << n << " " << rg;
        }
}

// For many cells, tanh(k) / k with k^2 = n^2 r g.
TEST(IrDrop, LongColumnTendsToTheContinuum) {
    const double g = 25e-6;
    constexpr int n = 4000;
    for (const double k : {0.1, 1.0, 3.0}) {
        const double r = k * k / (g * n * n);
        const double found =
            current(std::vector<double>(n, g), r, 0.5 * r, Eigen::VectorXd::Ones(n)) / (n * g);
        EXPECT_NEAR(found, std::tanh(k) / k, 1e-6) << k;
    }
}

TEST(IrDrop, FactorsFallWithResistanceAndDistance) {
    const std::vector<double> g = random_conductances(200, 5);
    std::vector<double> last(g.size(), 1.0), factors(g.size());
    ir_drop_factors(g, 0.0, 0.0, factors);
    EXPECT_EQ(factors, last);
    for (const double wire : {0.01, 0.1, 1.0, 10.0}) {
        ir_drop_factors(g, wire, wire, factors);
        for (std::size_t k = 0; k < g.size(); ++k) {
            ASSERT_LT(factors[k], last[k]);
            if (k > 0) {
                ASSERT_GE(factors[k], factors[k - 1]);
            }
        }
        last = factors;
    }
}

CrossbarConfig pcm_crossbar(double wire, PairWiring wiring = PairWiring::same_line) {
    CrossbarConfig config;
    config.device = "pcm";
    config.geometry = {64, 32, 7, 1, 0};
    config.wire_ohm = wire;
    config.wiring = wiring;
    return config;
}

// r -> 0: the map's result is the difference of the reads, to the unit.
TEST(IrDrop, VanishingResistanceIsTheIdealCrossbar) {
    const std::vector<LayerMatrix> layers = {random_layer("a", 100, 40, 8, 1)};
    const Crossbar ideal(pcm_crossbar(0.0), layers, 3, 3600.0);
    for (const PairWiring wiring : {PairWiring::same_line, PairWiring::separate_lines}) {
        const Crossbar nearly(pcm_crossbar(1e-9, wiring), layers, 3, 3600.0);
        const Crossbar real(pcm_crossbar(1.0, wiring), layers, 3, 3600.0);
        for (std::size_t b = 0; b < ideal.snapshot.blocks.size(); ++b) {
            EXPECT_EQ(nearly.snapshot.blocks[b].units, ideal.snapshot.blocks[b].units);
            EXPECT_EQ(real.snapshot.blocks[b].row_units, ideal.snapshot.blocks[b].row_units);
            EXPECT_NE(real.snapshot.blocks[b].units, ideal.snapshot.blocks[b].units);
        }
    }
}

// The snapshot of a block with other layers' rows between it and the ADC, on both ends and both
// wirings, against nodal analysis of the whole physical column.
TEST(IrDrop, SnapshotIsTheNodalSolutionOfThePhysicalColumn) {
    const std::vector<LayerMatrix> layers = {random_layer("a", 30, 32, 8, 1),
                                             random_layer("b", 20, 32, 8, 2)};
    for (const PairWiring wiring : {PairWiring::same_line, PairWiring::separate_lines}) {
        CrossbarConfig config = pcm_crossbar(20.0, wiring);
        config.device = "ideal";
        config.sense_end = SenseEnd::alternating;
        config.output_ohm = 100.0;
        const Crossbar crossbar(config, layers);
        ASSERT_EQ(crossbar.placement.arrays, 1);
        for (std::size_t b = 0; b < 2; ++b) {
            const Block& block = crossbar.placement.blocks[b];
            const double step = crossbar.snapshot.layers[b].units_per_code;
            for (const std::int64_t column : {0, 1, 30, 31}) {
                const bool at_row_0 = (block.column0 + column) % 2 == 0;
                for (const std::int64_t row :
                     {std::int64_t{0}, block.k_size / 2, block.k_size - 1}) {
                    // Only this row has a voltage; the others of the layer are at ground level.
                    double expected = 0.0;
                    for (const int side : {1, -1}) {
                        std::vector<double> g(64, 0.0);
                        for (std::int64_t k = 0; k < block.k_size; ++k) {
                            const int code =
                                layers[b].codes[static_cast<std::size_t>(k * 32 + column)];
                            const double held = wiring == PairWiring::same_line
                                                    ? std::abs(code)
                                                    : std::max(0, side * code);
                            const std::int64_t at = block.row0 + k;
                            g[static_cast<std::size_t>(at_row_0 ? 63 - at : at)] =
                                held * step * 25e-6 / (1 << 20);
                        }
                        Eigen::VectorXd volts = Eigen::VectorXd::Zero(64);
                        const std::int64_t at = block.row0 + row;
                        volts(at_row_0 ? 63 - at : at) = 1.0;
                        const double amperes = nodal_current(g, 20.0, 100.0, volts);
                        const int code =
                            layers[b].codes[static_cast<std::size_t>(row * 32 + column)];
                        if (wiring == PairWiring::separate_lines)
                            expected += side * amperes;
                        else if (side * code > 0)
                            expected += side * amperes;
                    }
                    const double units = crossbar.snapshot.blocks[b]
                                             .units[static_cast<std::size_t>(row * 32 + column)];
                    EXPECT_NEAR(units, expected / 25e-6 * (1 << 20), 0.51);
                }
            }
        }
    }
}

// A pulse of many ticks is the sum of its ticks: a column that is solved anew for every tick, with
// the rows that are still on in it, gives the charge of the static map.
TEST(IrDrop, TimeSlicedPulsesAreTheStaticMap) {
    const std::vector<double> g = random_conductances(60, 9);
    const std::vector<std::int8_t> x = random_inputs(60, 127, 4);
    Eigen::VectorXd ticks(60);
    for (Eigen::Index k = 0; k < 60; ++k) ticks(k) = x[static_cast<std::size_t>(k)];
    double charge = 0.0;
    for (int tick = 0; tick < 127; ++tick) {
        Eigen::VectorXd volts(60);
        for (Eigen::Index k = 0; k < 60; ++k)
            volts(k) = std::abs(ticks(k)) > tick ? (ticks(k) > 0 ? 1.0 : -1.0) : 0.0;
        charge += nodal_current(g, 30.0, 200.0, volts);
    }
    EXPECT_NEAR(current(g, 30.0, 200.0, ticks), charge, 1e-12 * std::abs(charge) + 1e-15);
}

}  // namespace
}  // namespace bitloom::test
