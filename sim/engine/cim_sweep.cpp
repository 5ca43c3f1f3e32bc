// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/cim_sweep.h"

#include <oneapi/tbb/parallel_for.h>

#include <cmath>
#include <mutex>

#include "sim/engine/cim_psums.h"
#include "sim/engine/cim_report.h"

namespace bitloom {

namespace {

// One chip at one time.
struct Sample {
    double top1 = 0.0;
    double rms_error = 0.0;
    double alpha = 1.0;
    CimCounts counts;                  // over the data set, or the reference input alone
    std::vector<CimCounts> reference;  // by matrix; first seed alone
};

// Adds up the progress of several data sets that run at the same time.
class TotalProgress {
public:
    TotalProgress(const std::function<void(double, double)>& report, double total)
        : report_(report), total_(total) {}

    void one_done() {
        const std::lock_guard lock(mutex_);
        ++done_;
        if (report_) report_(done_, total_);
    }

private:
    const std::function<void(double, double)>& report_;
    std::mutex mutex_;
    double done_ = 0;
    const double total_;
};

Sample measure(const CimProgrammed& chip, double time_s, const ActivationBytes& reference,
               bool first, const CimSweep& sweep, TotalProgress& progress) {
    const CimModel& model = chip.model();
    const CimMoment moment(chip, time_s);
    Sample sample;
    sample.rms_error = moment.weight_quality().rms_error;
    const std::size_t matrices = model.network.matrices.size();
    double alphas = 0;
    for (std::size_t matrix = 0; matrix < matrices; ++matrix) alphas += moment.alpha(matrix);
    if (matrices > 0) sample.alpha = alphas / static_cast<double>(matrices);

    const auto run_reference = [&] {
        const auto psums = std::make_shared<CimPsums>(moment);
        ActivationBytes activations = reference;
        HostExecutor(model.trace, psums).run(activations);
        return psums->counts();
    };
    if (first) sample.reference = run_reference();
    if (sweep.max_inputs == 0) {
        for (const CimCounts& counts : first ? sample.reference : run_reference())
            sample.counts += counts;
        return sample;
    }
    const auto psums = std::make_shared<CimPsums>(moment);
    sample.top1 = HostExecutor(model.trace, psums).accuracy(sweep.max_inputs, [&](double, double) {
        progress.one_done();
    });
    for (const CimCounts& counts : psums->counts()) sample.counts += counts;
    return sample;
}

}  // namespace

std::vector<AnalogMoment> sweep_cim(const CimModel& model, const ActivationBytes& reference,
                                    std::span<const CimLayerProgram> programs,
                                    const ChipCosts& costs, double latency_s,
                                    const CimSweep& sweep) {
    double inputs = 0;
    if (sweep.max_inputs != 0) {
        const auto labels = model.trace.tensor("dataset/labels").shape[0];
        inputs =
            static_cast<double>(sweep.max_inputs < 0 ? labels : std::min(labels, sweep.max_inputs));
    }
    const std::size_t times = sweep.times_s.size();
    TotalProgress progress(sweep.progress,
                           inputs * static_cast<double>(sweep.seeds) * static_cast<double>(times));
    std::vector<std::vector<Sample>> samples(times);  // [time][seed]
    for (auto& of_time : samples) of_time.resize(static_cast<std::size_t>(sweep.seeds));
    tbb::parallel_for(std::int64_t{0}, sweep.seeds, [&](std::int64_t s) {
        const CimProgrammed chip(model, sweep.first_seed + static_cast<std::uint64_t>(s));
        tbb::parallel_for(std::size_t{0}, times, [&](std::size_t t) {
            samples[t][static_cast<std::size_t>(s)] =
                measure(chip, sweep.times_s[t], reference, s == 0, sweep, progress);
        });
    });

    std::vector<AnalogMoment> moments;
    for (std::size_t t = 0; t < times; ++t) {
        AnalogMoment moment;
        moment.time_s = sweep.times_s[t];
        CimCounts counts;
        double rms = 0, alpha = 0;
        for (const Sample& sample : samples[t]) {
            if (sweep.max_inputs != 0) moment.top1.push_back(sample.top1);
            rms += sample.rms_error;
            alpha += sample.alpha;
            counts.conversions += sample.counts.conversions;
            counts.saturated += sample.counts.saturated;
        }
        const auto seeds = static_cast<double>(sweep.seeds);
        moment.weight_rms_error = rms / seeds;
        moment.effective_bits = std::log2(2.0 / (std::sqrt(12.0) * moment.weight_rms_error));
        moment.alpha = alpha / seeds;
        if (counts.conversions > 0)
            moment.saturated =
                static_cast<double>(counts.saturated) / static_cast<double>(counts.conversions);
        moment.energy_pj =
            inference_energy_pj(model, programs, samples[t][0].reference, costs, latency_s);
        moments.push_back(std::move(moment));
    }
    return moments;
}

}  // namespace bitloom
