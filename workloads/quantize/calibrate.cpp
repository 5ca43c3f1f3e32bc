// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/calibrate.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom {

double ActivationStatistics::max_magnitude() const {
    return std::max(std::abs(low), std::abs(high));
}

CalibrationInputs calibration_inputs(const Network& network, const Dataset& dataset,
                                     std::int64_t wanted) {
    const Shape& shape = network.shapes.at(network.input);
    if (dataset.input_shape != shape) {
        fail("network '{}': data set has inputs of shape {}: must be {}", network.name,
             to_string(dataset.input_shape), to_string(shape));
    }
    const bool own = !dataset.calibration.empty();
    const std::vector<float>& values = own ? dataset.calibration : dataset.inputs;
    const std::int64_t size = element_count(shape);
    const auto held = static_cast<std::int64_t>(values.size());
    if (held == 0) {
        fail("network '{}': data set has no calibration inputs and no inputs: needs one or more",
             network.name);
    }
    if (held % size != 0) {
        fail("network '{}': data set has {} calibration values: must be a multiple of {}",
             network.name, held, size);
    }
    const std::int64_t count = std::min(wanted, held / size);
    return {std::span(values).first(static_cast<std::size_t>(count * size)), count,
            own ? "calibration" : "inputs"};
}

namespace {

struct Extremes {
    float low = 0.0f, high = 0.0f;
};

}  // namespace

std::map<std::string, ActivationStatistics> calibrate(
    const FloatExecutor& executor, const CalibrationInputs& inputs, std::uint64_t seed,
    const std::function<void(double done, double total)>& progress) {
    const Network& network = executor.network();
    const auto count = static_cast<std::size_t>(inputs.count);
    const std::size_t input_size = inputs.values.size() / count;
    std::map<std::string, ActivationStatistics> result;
    std::map<std::string, std::vector<Extremes>> extremes;  // by activation, then input
    for (const auto& [name, shape] : network.shapes) {
        const std::int64_t kept =
            std::min(element_count(shape), std::max<std::int64_t>(1, max_samples / inputs.count));
        result[name].samples.resize(static_cast<std::size_t>(kept) * count);
        extremes[name].resize(count);
    }

    const auto run_one = [&](std::size_t i) {
        const auto values = executor.run(inputs.values.subspan(i * input_size, input_size));
        for (const auto& [name, all] : values) {
            const auto [low, high] = std::minmax_element(all.begin(), all.end());
            extremes.at(name)[i] = {*low, *high};
            auto& samples = result.at(name).samples;
            const std::size_t kept = samples.size() / count;
            float* const out = samples.data() + i * kept;
            if (kept == all.size()) {
                std::copy(all.begin(), all.end(), out);
                continue;
            }
            const RandomStream stream(seed, "calibration." + name);
            const double part = static_cast<double>(all.size()) / static_cast<double>(kept);
            for (std::size_t j = 0; j < kept; ++j) {
                const double place = (static_cast<double>(j) + stream.uniform(i * kept + j)) * part;
                out[j] = all[std::min(static_cast<std::size_t>(place), all.size() - 1)];
            }
        }
    };
    // In blocks, so that progress is told from this thread.
    constexpr std::size_t block = 16;
    for (std::size_t begin = 0; begin < count; begin += block) {
        tbb::parallel_for(begin, std::min(begin + block, count), run_one);
        if (progress) {
            progress(static_cast<double>(std::min(begin + block, count)),
                     static_cast<double>(count));
        }
    }
    for (auto& [name, statistics] : result) {
        const auto& of_inputs = extremes.at(name);
        statistics.low = of_inputs.front().low;
        statistics.high = of_inputs.front().high;
        for (const Extremes& one : of_inputs) {
            statistics.low = std::min(statistics.low, static_cast<double>(one.low));
            statistics.high = std::max(statistics.high, static_cast<double>(one.high));
        }
        if (!std::isfinite(statistics.low) || !std::isfinite(statistics.high)) {
            fail("network '{}': activation '{}' is not finite over the calibration inputs",
                 network.name, name);
        }
    }
    return result;
}

}  // namespace bitloom
