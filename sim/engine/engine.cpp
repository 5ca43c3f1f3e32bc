// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/engine.h"

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/numeric/format.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/chip_run.h"
#include "sim/engine/gemm_mapping.h"

namespace bitloom {

namespace {

// Uniform over the codes with a finite value; vectors start on bytes.
std::vector<std::byte> random_activation(const Activation& a, std::uint64_t seed) {
    const Format& target = format(a.format);
    const RandomStream stream(seed, "activation " + a.name);
    std::vector<float> values(static_cast<std::size_t>(element_count(a.shape)));
    std::vector<double> finite;
    for (std::uint32_t code = 0; code < target.code_count(); ++code)
        if (target.decode(code).kind == Value::Kind::finite) finite.push_back(target.value(code));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(finite[stream.below(i, finite.size())] * a.scale);
    return encode_activation(a, values);
}

}  // namespace

ActivationBytes external_activations(const Trace& trace, std::uint64_t seed, bool& from_dataset) {
    const Manifest& manifest = trace.manifest();
    ActivationBytes activations;
    from_dataset = false;
    for (const std::string& name : external_inputs(manifest)) {
        const Activation& activation = manifest.activation(name);
        if (name == manifest.input && trace.has_tensor("reference/input")) {
            activations[name] =
                encode_activation(activation, trace.tensor("reference/input").as<float>());
            from_dataset = true;
        } else if (name == manifest.input && trace.has_tensor("dataset/inputs")) {
            activations[name] = encode_activation(activation, dataset_input(trace, 0));
            from_dataset = true;
        } else {
            activations[name] = random_activation(activation, seed);
        }
    }
    return activations;
}

LayerRunner::LayerRunner(sc_core::sc_module_name module_name) : sc_module(module_name) {
    SC_THREAD(run);
}

void LayerRunner::execute(const std::string& layer, std::function<void()> body) {
    body_ = std::move(body);
    done_ = false;
    go_.notify(sc_core::SC_ZERO_TIME);
    sc_core::sc_start();
    BITLOOM_CHECK(done_, "layer '{}': no unit waits for ever; stuck at {} ps", layer,
                  sc_core::sc_time_stamp().value());
}

void LayerRunner::run() {
    for (;;) {
        wait(go_);
        body_();
        done_ = true;
    }
}

void check_fit(const ChipDescription& chip, const Trace& trace,
               const std::vector<std::string>& layers) {
    if (!chip.is_analog()) map_layers(trace, chip.gemm(), {layers.begin(), layers.end()});
}

RunResult run_chip(const ChipDescription& description, const Trace& trace,
                   const RunOptions& options) {
    const Manifest& manifest = trace.manifest();
    if (trace.shape_only())
        fail("network '{}': the trace holds shapes only: give it codes (bitloom quantize --random)",
             manifest.network);
    for (const std::string& name : options.layers)
        if (manifest.find_layer(name) == nullptr)
            fail("layer '{}': network '{}' has no such layer", name, manifest.network);
    return description.is_analog() ? run_cim_chip(description, trace, options)
                                   : run_gemm_chip(description, trace, options);
}

}  // namespace bitloom
