// SPDX-License-Identifier: Apache-2.0
#include "sim/report/result.h"

namespace bitloom {

double RunResult::total_energy_pj() const {
    double sum = 0.0;
    for (const auto& [component, pj] : energy_pj) sum += pj;
    return sum;
}

double RunResult::leakage_share() const {
    const auto leakage = energy_pj.find("leakage");
    const double total = total_energy_pj();
    return leakage != energy_pj.end() && total > 0 ? leakage->second / total : 0.0;
}

std::int64_t RunResult::total_macs() const {
    std::int64_t sum = 0;
    for (const LayerResult& layer : layers) sum += layer.macs;
    return sum;
}

double RunResult::tops() const {
    const double seconds = latency_s();
    return seconds > 0 ? 2.0 * static_cast<double>(total_macs()) / seconds / 1e12 : 0.0;
}

double RunResult::binary_tops() const {
    double sum = 0;
    for (const LayerResult& layer : layers) sum += static_cast<double>(layer.bit_macs);
    const double seconds = latency_s();
    return seconds > 0 ? 2.0 * sum / seconds / 1e12 : 0.0;
}

// Operations a second per watt are operations a joule; 1e12 of them a joule are one a picojoule.
double RunResult::tops_per_watt() const {
    const double pj = total_energy_pj();
    return pj > 0 ? 2.0 * static_cast<double>(total_macs()) / pj : 0.0;
}

double RunResult::energy_delay_js() const {
    return total_energy_pj() * 1e-12 * latency_s();
}

}  // namespace bitloom
