// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/layer_dump.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "models/vector/vector_math.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/chip_run.h"
#include "sim/engine/cim_psums.h"
#include "sim/engine/integer_psums.h"
#include "sim/mapping/gemm_tiling.h"
#include "sim/mapping/memory_map.h"

namespace bitloom {

namespace {

DumpedTensor integers(std::string name, std::string what, Shape shape, TensorType type, int bits) {
    return {std::move(name), std::move(what), std::move(shape), type, bits, "", 0.0, {}};
}

// Codes of an activation, from the bytes in memory.
DumpedTensor activation_codes(std::string name, std::string what, const Activation& a,
                              std::span<const std::byte> bytes) {
    const int bits = format(a.format).bits();
    DumpedTensor out = integers(std::move(name), std::move(what), a.shape,
                                bits <= 8 ? TensorType::u8 : TensorType::i16, bits);
    out.format = a.format;
    out.scale = a.scale;
    const std::int64_t length = a.shape.empty() ? 1 : a.shape.back();
    for (std::int64_t v = 0; v < vector_count(a); ++v) {
        const std::byte* vector = bytes.data() + v * vector_bytes(a);
        for (std::int64_t i = 0; i < length; ++i) {
            if (bits <= 8) {
                out.values.push_back(packed_code(vector, i, bits));
                continue;
            }
            BITLOOM_CHECK(bits == 16, "activation '{}' of {} bits", a.name, bits);
            const auto word =
                static_cast<std::uint16_t>(std::to_integer<unsigned>(vector[2 * i]) |
                                           std::to_integer<unsigned>(vector[2 * i + 1]) << 8);
            out.values.push_back(static_cast<std::int16_t>(word));
        }
    }
    return out;
}

// The array's operands [problems][m][k]: input codes gathered for every output pixel, with a bit
// above the code that is 1 where the window lies on padding.
DumpedTensor gather_operands(const GemmView& view, const DumpedTensor& input) {
    const std::int64_t pixels = view.out_h * view.out_w;
    DumpedTensor out = integers(
        "operands",
        "input codes as the array takes them, [problems][m][k]; the bit above the code: padding",
        {view.batch * view.groups, pixels, view.k()}, TensorType::i16, view.activation_bits + 1);
    out.format = input.format;
    const Window& w = view.window;
    for (std::int64_t batch = 0; batch < view.batch; ++batch)
        for (std::int64_t group = 0; group < view.groups; ++group)
            for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
                for (std::int64_t k = 0; k < view.k(); ++k) {
                    const std::int64_t channel = k % view.group_channels();
                    const std::int64_t tap = k / view.group_channels();
                    const std::int64_t y = pixel / view.out_w * w.stride_h - w.pad_top +
                                           tap / w.kernel_w * w.dilation_h;
                    const std::int64_t x = pixel % view.out_w * w.stride_w - w.pad_left +
                                           tap % w.kernel_w * w.dilation_w;
                    if (y < 0 || y >= view.in_h || x < 0 || x >= view.in_w) {
                        out.values.push_back(std::int64_t{1} << view.activation_bits);
                        continue;
                    }
                    const std::int64_t at =
                        ((batch * view.in_h + y) * view.in_w + x) * view.channels +
                        group * view.group_channels() + channel;
                    out.values.push_back(input.values[static_cast<std::size_t>(at)]);
                }
    return out;
}

// Weights [problems][n][k]; `second`: the codes of a matmul's second operand.
DumpedTensor gather_weights(const Trace& trace, const Layer& layer, const GemmView& view,
                            const DumpedTensor* second) {
    const std::int64_t n = view.group_outputs(), k = view.k();
    DumpedTensor out = integers("weights", "weight codes, [problems][n][k]",
                                {view.batch * view.groups, n, k}, TensorType::u8, view.weight_bits);
    out.format = view.weight->name();
    if (second == nullptr) {
        if (layer.weights->scales.size() == 1) out.scale = layer.weights->scales[0];
        const std::vector<std::uint8_t> codes = trace.weight_codes(layer);
        out.values.assign(codes.begin(), codes.end());
        return out;
    }
    out.what = "codes of the second operand, [problems][n][k]";
    out.scale = second->scale;
    for (std::int64_t batch = 0; batch < view.batch; ++batch)
        for (std::int64_t row = 0; row < n; ++row)
            for (std::int64_t column = 0; column < k; ++column) {
                const std::int64_t at = view.k_major ? column * n + row : row * k + column;
                out.values.push_back(second->values[static_cast<std::size_t>(batch * n * k + at)]);
            }
    return out;
}

// [problems][m][n] of what the psum source gives, [batch][pixels][channels].
DumpedTensor gather_psums(const GemmView& view, const std::vector<std::int32_t>& words,
                          bool analog) {
    const std::int64_t pixels = view.out_h * view.out_w, n = view.group_outputs();
    DumpedTensor out =
        integers("psums",
                 analog ? "sums of the converters' codes, with the fraction bits of the drain, "
                          "[problems][m][n]"
                        : "psums, [problems][m][n]",
                 {view.batch * view.groups, pixels, n}, TensorType::i32, 32);
    for (std::int64_t batch = 0; batch < view.batch; ++batch)
        for (std::int64_t group = 0; group < view.groups; ++group)
            for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
                for (std::int64_t channel = 0; channel < n; ++channel)
                    out.values.push_back(words[static_cast<std::size_t>(
                        (batch * pixels + pixel) * view.out_channels + group * n + channel)]);
    return out;
}

void add_product(const Trace& trace, const Layer& layer, const PsumSource& source,
                 std::size_t index, const ActivationBytes& activations, LayerDump& dump) {
    const GemmView view = gemm_view(trace, layer);
    const auto bytes = [&](std::size_t i) -> const std::vector<std::byte>& {
        return activations.at(layer.inputs[i]);
    };
    const bool matmul = layer.op == Operator::matmul;
    PsumTile psums;
    source.psums(index, bytes(0),
                 matmul ? std::span<const std::byte>(bytes(1)) : std::span<const std::byte>(), 0,
                 psums);
    dump.product = {view.batch * view.groups, view.out_h * view.out_w,
                    view.group_outputs(),     view.k(),
                    view.activation->name(),  view.weight->name()};
    DumpedTensor weights =
        gather_weights(trace, layer, view, matmul ? &dump.tensor("inputs_1") : nullptr);
    DumpedTensor operands = gather_operands(view, dump.tensor("inputs"));
    dump.tensors.push_back(std::move(weights));
    dump.tensors.push_back(std::move(operands));
    dump.tensors.push_back(gather_psums(view, psums.words, dump.analog));

    const LayerParameters p = source.parameters(index);
    const std::int64_t channels = view.out_channels, rows = view.batch * view.out_h * view.out_w;
    const auto per_channel = [&](const char* name, const char* what, int bits, TensorType type,
                                 auto value) {
        DumpedTensor out = integers(name, what, {channels}, type, bits);
        for (std::int64_t c = 0; c < channels; ++c) out.values.push_back(value(c));
        dump.tensors.push_back(std::move(out));
    };
    const auto multiplier = [&](std::int64_t c) -> const Multiplier& {
        return p.multipliers[p.multipliers.size() > 1 ? static_cast<std::size_t>(c) : 0];
    };
    per_channel("bias", "added to the psums of each output channel", 32, TensorType::i32,
                [&](std::int64_t c) -> std::int64_t {
                    return p.bias.empty() ? 0 : p.bias[static_cast<std::size_t>(c)];
                });
    per_channel("mantissa", "of the requantizer, each output channel", 32, TensorType::i32,
                [&](std::int64_t c) -> std::int64_t { return multiplier(c).mantissa; });
    per_channel("shift", "of the requantizer, each output channel", 6, TensorType::i8,
                [&](std::int64_t c) -> std::int64_t { return multiplier(c).shift; });
    if (p.has_residual) return;
    dump.requantized = true;
    dump.clamp_low = p.clamp_low;
    dump.clamp_high = p.clamp_high;
    std::vector<std::int16_t> words(static_cast<std::size_t>(rows * channels));
    finish_psums(p, psums.words.data(), rows, channels, 0, nullptr, words.data());
    DumpedTensor out = integers("words", "psums + bias, requantized and clamped, [rows][channels]",
                                {rows, channels}, TensorType::i16, 16);
    out.values.assign(words.begin(), words.end());
    dump.tensors.push_back(std::move(out));
}

// What a source computes with, kept alive together.
struct AnalogSource {
    CimModel model;
    CimProgrammed programmed;
    CimMoment moment;
    AnalogSource(const Trace& trace, const CimChipConfig& config, const ActivationBytes& inputs,
                 const RunOptions& options)
        : model(trace, config, inputs),
          programmed(model, options.seed),
          moment(programmed, options.times_s.empty() ? 0.0 : options.times_s[0]) {}
};

}  // namespace

const DumpedTensor& LayerDump::tensor(std::string_view name) const {
    for (const DumpedTensor& each : tensors)
        if (each.name == name) return each;
    BITLOOM_CHECK(false, "the dump has '{}'", name);
    return tensors[0];
}

LayerDump dump_layer(const ChipDescription& chip, const Trace& trace, const RunOptions& options,
                     const std::string& name) {
    const Manifest& manifest = trace.manifest();
    const Layer* layer = manifest.find_layer(name);
    if (layer == nullptr)
        fail("layer '{}': network '{}' has no such layer", name, manifest.network);
    const auto index = static_cast<std::size_t>(layer - manifest.layers.data());

    bool from_dataset = false;
    ActivationBytes activations = external_activations(trace, options.seed, from_dataset);
    LayerDump dump;
    std::unique_ptr<AnalogSource> analog;
    std::shared_ptr<const PsumSource> source;
    dump.analog = chip.is_analog();
    if (dump.analog) {
        CimChipConfig config = chip.cim();
        analog = std::make_unique<AnalogSource>(trace, config, activations, options);
        source = std::make_shared<CimPsums>(analog->moment);
    } else {
        dump.accumulator_bits = accumulator_bits(chip.gemm().array);
        source = std::make_shared<IntegerPsums>(trace, dump.accumulator_bits);
    }
    HostExecutor(trace, source).run(activations);

    dump.layer = name;
    dump.op = to_string(layer->op);
    dump.network = manifest.network;
    dump.scheme = manifest.scheme;
    dump.chip = chip.name;
    dump.chip_type = chip.type;
    for (std::size_t i = 0; i < layer->inputs.size(); ++i)
        dump.tensors.push_back(activation_codes(
            i == 0 ? "inputs" : fmt::format("inputs_{}", i),
            fmt::format("codes of input '{}'", layer->inputs[i]),
            manifest.activation(layer->inputs[i]), activations.at(layer->inputs[i])));
    for (std::size_t i = 0; i < layer->outputs.size(); ++i)
        dump.tensors.push_back(activation_codes(
            i == 0 ? "outputs" : fmt::format("outputs_{}", i),
            fmt::format("codes of output '{}'", layer->outputs[i]),
            manifest.activation(layer->outputs[i]), activations.at(layer->outputs[i])));
    if (has_weights(layer->op) || layer->op == Operator::matmul)
        add_product(trace, *layer, *source, index, activations, dump);
    return dump;
}

}  // namespace bitloom
