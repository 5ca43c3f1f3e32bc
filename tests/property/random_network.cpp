// SPDX-License-Identifier: Apache-2.0
#include "tests/property/random_network.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/base/error.h"
#include "models/memory/dram_parameters.h"
#include "models/numeric/format.h"
#include "sim/mapping/map_layer.h"
#include "tests/models/array/array_bench.h"

namespace bitloom::test {

namespace {

using Strings = std::vector<std::string>;

const Strings narrow_formats = {"int2",   "int3",    "int4",    "uint2", "uint3", "uint4", "flint3",
                                "flint4", "uflint3", "uflint4", "pot3",  "pot4",  "upot3", "upot4"};
const Strings wide_formats = {"int8", "uint8"};
const Strings bit_serial_formats = {"uint1",    "uint2",    "uint3",    "uint5",    "uint8",
                                    "int2",     "int3",     "int4",     "int6",     "int8",
                                    "bipolar1", "bipolar1", "bipolar2", "bipolar3", "bipolar8"};
const Strings analog_formats = {"int2", "int4", "int6", "int8", "uint2", "uint5", "uint7", "uint8"};
const Strings analog_weights = {"int2", "int3", "int5", "int8"};
// Formats that only move: the array does not take them.
const Strings moved_formats = {"int5", "uint6", "flint6", "int7", "e4m3", "e2m1"};

double mean_square(const Format& f) {
    double sum = 0;
    for (std::uint32_t code = 0; code < f.code_count(); ++code)
        sum += f.value(code) * f.value(code);
    return sum / f.code_count();
}

// A tensor of the network. One of words can be stored in any encoding; one of codes is what it is.
struct Place {
    Shape shape;
    double scale = 1;    // of a word, or of a code
    std::string format;  // "int16": words
    int producer = -1;   // layer; -1: external
    bool words() const { return format == "int16"; }
};

class NetworkBuilder {
public:
    NetworkBuilder(std::uint64_t seed, ArrayKind kind)
        : dice_(seed, "network"),
          kind_(kind),
          narrow_formats_(kind == ArrayKind::systolic     ? narrow_formats
                          : kind == ArrayKind::bit_serial ? bit_serial_formats
                                                          : analog_formats) {}

    Trace build(std::uint64_t seed) {
        m_.network = fmt::format("random{}", seed);
        m_.scheme = "random";
        first_ = add_place({dice_.between(3, 11), dice_.between(3, 11), dice_.between(1, 20)});
        add_place({dice_.between(1, 9), dice_.between(1, 40)});
        add_place({dice_.between(1, 3), dice_.between(1, 9), dice_.between(1, 24)});
        const std::int64_t layers = dice_.between(7, 12);
        for (int tries = 0; std::ssize(m_.layers) < layers && tries < 200; ++tries) add_layer();
        finish();
        return Trace::from_memory(std::move(m_), std::move(tensors_));
    }

private:
    double factor(double low, double high) {
        return low * std::pow(high / low, static_cast<double>(dice_.below(1001)) / 1000);
    }

    std::size_t add_place(Shape shape) {
        places_.push_back({std::move(shape), factor(1e-4, 1e-3), "int16", -1});
        return places_.size() - 1;
    }

    std::size_t pick_place(std::size_t low_rank, std::size_t high_rank) {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < places_.size(); ++i)
            if (places_[i].shape.size() >= low_rank && places_[i].shape.size() <= high_rank)
                found.push_back(i);
        return dice_.pick(found);
    }

    // The name of an encoding, stored by the place's producer if it is not yet.
    std::string encoding(std::size_t place, const std::string& format_name, double scale) {
        const Place& p = places_[place];
        const std::string name = format_name == p.format && scale == p.scale
                                     ? fmt::format("v{}", place)
                                     : fmt::format("v{}.{}.{:.9g}", place, format_name, scale);
        if (!m_.activations.contains(name)) {
            m_.activations[name] = {name, p.shape, format_name, scale};
            if (p.producer >= 0)
                m_.layers[static_cast<std::size_t>(p.producer)].outputs.push_back(name);
        }
        return name;
    }
    std::string words(std::size_t place) { return encoding(place, "int16", places_[place].scale); }
    // Codes whose range is about half of the words'.
    std::string codes(std::size_t place, const std::string& format_name) {
        const Place& p = places_[place];
        if (!p.words()) return encoding(place, p.format, p.scale);
        for (const auto& [name, activation] : m_.activations)
            if (name.starts_with(fmt::format("v{}.", place)) && activation.format == format_name)
                return name;
        return encoding(place, format_name,
                        p.scale * 16384 * factor(0.5, 1.5) / format(format_name).max_value());
    }
    static bool takes(const Strings& formats, const Place& p) {
        return p.words() || std::find(formats.begin(), formats.end(), p.format) != formats.end();
    }

    Layer& start(Operator op, std::vector<std::string> inputs) {
        Layer layer;
        layer.name = fmt::format("{}{}", to_string(op), m_.layers.size());
        layer.op = op;
        layer.inputs = std::move(inputs);
        m_.layers.push_back(std::move(layer));
        return m_.layers.back();
    }
    void end(Layer& layer, Shape shape, double scale) {
        layer.working_scale = scale;
        if (dice_.below(3) == 0) {
            const double rms = scale * 4096;
            layer.clamp_low = dice_.below(2) == 0 ? 0.0 : -rms * factor(0.5, 2);
            if (dice_.below(2) == 0) layer.clamp_high = rms * factor(0.5, 3);
        }
        places_.push_back(
            {std::move(shape), scale, "int16", static_cast<int>(m_.layers.size()) - 1});
    }

    void add_layer() {
        switch (dice_.below(16)) {
            case 0:
            case 1:
            case 2:
            case 3:
                return add_conv2d();
            case 4:
            case 5:
                return add_gemm();
            case 6:
            case 7:
                return add_matmul();
            case 8:
                return add_sum();
            case 9:
                return add_rows(dice_.pick<Operator>({Operator::clamp, Operator::gelu}));
            case 10:
                return add_rows(Operator::softmax);
            case 11:
                return add_rows(Operator::layer_norm);
            case 12:
                return add_pool();
            case 13:
                return add_transpose();
            case 14:
                return add_reshape();
            default:
                return add_concat();
        }
    }

    Window random_window(bool pool) {
        Window w;
        w.kernel_h = dice_.between(1, 3);
        w.kernel_w = dice_.between(1, 3);
        w.stride_h = dice_.between(1, 2);
        w.stride_w = dice_.between(1, 3);
        if (dice_.below(3) == 0) w.dilation_h = 2;
        if (dice_.below(3) == 0) w.dilation_w = 2;
        // A pool's window must not lie in the padding altogether; a convolution's may.
        const std::int64_t most_h = !pool ? 3 : w.dilation_h == 1 ? w.kernel_h - 1 : 0;
        const std::int64_t most_w = !pool ? 3 : w.dilation_w == 1 ? w.kernel_w - 1 : 0;
        if (dice_.below(2) == 0) {
            w.pad_top = dice_.between(0, most_h);
            w.pad_bottom = dice_.between(0, most_h);
            w.pad_left = dice_.between(0, most_w);
            w.pad_right = dice_.between(0, most_w);
        }
        return w;
    }

    // Weights, bias, residual and scale of conv2d and gemm; `k`: products of a sum.
    void weigh(Layer& layer, Shape shape, Shape result, std::int64_t k, bool wide) {
        const Format& f = format(dice_.pick(kind_ == ArrayKind::analog ? analog_weights
                                            : wide                     ? wide_formats
                                                                       : narrow_formats_));
        Weights weights{layer.name + ".weights", shape, f.name(), {}};
        const bool per_channel = dice_.below(2) == 0;
        for (std::int64_t i = 0; i < (per_channel ? shape[0] : 1); ++i)
            weights.scales.push_back(factor(0.01, 0.03));
        std::vector<std::uint8_t> packed;
        for (std::int64_t i = 0; i < element_count(shape); ++i)
            packed.push_back(static_cast<std::uint8_t>(dice_.below(f.code_count())));
        const std::vector<std::byte> bytes = pack_codes(packed, f.bits());
        tensors_[weights.tensor] = Tensor{TensorType::u8, {std::ssize(bytes)}, bytes};
        const Activation& input = m_.activations.at(layer.inputs[0]);
        const double rms = std::sqrt(static_cast<double>(k) * mean_square(f) *
                                     mean_square(format(input.format)) / 2);
        if (dice_.below(2) == 0) {
            layer.bias = layer.name + ".bias";
            std::vector<std::int32_t> bias;
            const auto reach = static_cast<std::int64_t>(rms) + 1;
            for (std::int64_t i = 0; i < shape[0]; ++i)
                bias.push_back(static_cast<std::int32_t>(dice_.between(-reach, reach)));
            if (dice_.below(4) == 0) bias[0] = 2147483647;  // its sum saturates
            tensors_[layer.bias] = Tensor::of<std::int32_t>(TensorType::i32, {shape[0]}, bias);
        }
        layer.weights = std::move(weights);
        const double scale = rms * 0.02 * input.scale / 4096 * factor(0.25, 4);
        if (dice_.below(2) == 0) {
            std::size_t other = places_.size();
            for (std::size_t i = 0; i < places_.size(); ++i)
                if (places_[i].shape == result && places_[i].words()) other = i;
            if (other == places_.size() && dice_.below(2) == 0) {
                other = add_place(result);
                places_[other].scale = scale * factor(0.5, 2);
            }
            if (other < places_.size()) layer.inputs.push_back(words(other));
        }
        end(layer, std::move(result), scale);
    }

    void add_conv2d() {
        const std::size_t x = pick_place(3, 3);
        const Shape shape = places_[x].shape;
        const bool wide = takes(wide_formats, places_[x]) && dice_.below(3) == 0;
        if (!wide && !takes(narrow_formats_, places_[x])) return;
        Window w = random_window(false);
        if (shape[0] < 3 || dice_.below(4) == 0) w.kernel_h = w.kernel_w = 1;
        Shape result = {w.output_h(shape[0]), w.output_w(shape[1]), 0};
        if (result[0] < 1 || result[1] < 1) return;
        std::vector<std::int64_t> divisors;
        for (std::int64_t d = 1; d <= shape[2]; ++d)
            if (shape[2] % d == 0) divisors.push_back(d);
        const std::int64_t groups = dice_.below(2) == 0 ? 1 : dice_.pick(divisors);
        result[2] = groups * dice_.between(1, std::max<std::int64_t>(1, 24 / groups));
        const std::int64_t k = w.kernel_h * w.kernel_w * shape[2] / groups;
        if (result[0] * result[1] * result[2] * k > 300'000) return;
        const std::string input = codes(x, dice_.pick(wide ? wide_formats : narrow_formats_));
        Layer& layer = start(Operator::conv2d, {input});
        layer.window = w;
        layer.groups = groups;
        weigh(layer, {result[2], w.kernel_h, w.kernel_w, shape[2] / groups}, result, k, wide);
        if (dice_.below(3) == 0) add_fusible_pool();
    }

    void add_gemm() {
        const std::size_t x = pick_place(1, 2);
        Shape result = places_[x].shape;
        const std::int64_t k = result.back();
        const bool wide = takes(wide_formats, places_[x]) && dice_.below(3) == 0;
        if (!wide && !takes(narrow_formats_, places_[x])) return;
        result.back() = dice_.between(1, 40);
        if (element_count(result) * k > 300'000) return;
        const std::string input = codes(x, dice_.pick(wide ? wide_formats : narrow_formats_));
        weigh(start(Operator::gemm, {input}), {result.back(), k}, result, k, wide);
    }

    void add_matmul() {
        if (kind_ == ArrayKind::analog) return;  // nothing to write into the arrays beforehand
        const std::size_t a = pick_place(2, 4);
        Shape result = places_[a].shape;
        const std::int64_t k = result.back();
        const bool wide = takes(wide_formats, places_[a]) && dice_.below(2) == 0;
        if (!wide && !takes(narrow_formats_, places_[a])) return;
        const Strings& formats = wide ? wide_formats : narrow_formats_;
        bool transposed = dice_.below(2) == 0;
        std::size_t b = a;
        if (dice_.below(3) == 0) {
            transposed = true;  // a times its own transpose
        } else {
            Shape shape = result;
            const std::int64_t n = dice_.between(1, 40);
            shape[shape.size() - 2] = transposed ? n : k;
            shape.back() = transposed ? k : n;
            b = add_place(shape);
        }
        const Shape& other = places_[b].shape;
        result.back() = transposed ? other[other.size() - 2] : other.back();
        if (element_count(result) * k > 300'000) return;
        const std::string first = codes(a, dice_.pick(formats));
        const std::string second = codes(b, dice_.pick(formats));
        Layer& layer = start(Operator::matmul, {first, second});
        layer.transpose_b = transposed;
        if (dice_.below(2) == 0) layer.multiplier = 1 / std::sqrt(static_cast<double>(k));
        const Activation& in0 = m_.activations.at(first);
        const Activation& in1 = m_.activations.at(second);
        const double rms = std::sqrt(static_cast<double>(k) * mean_square(format(in0.format)) *
                                     mean_square(format(in1.format)) / 4);
        end(layer, result, rms * in0.scale * in1.scale * layer.multiplier / 4096 * factor(0.25, 4));
    }

    // A place of words of any rank, or none.
    std::size_t pick_words() {
        const std::size_t x = pick_place(1, 4);
        return places_[x].words() ? x : first_;
    }

    void add_sum() {
        const std::size_t a = pick_words();
        const Shape shape = places_[a].shape;
        const double scale = places_[a].scale * factor(0.5, 2);
        if (dice_.below(2) == 0) {
            Layer& layer = start(Operator::add, {words(a)});
            layer.constant = layer.name + ".constant";
            layer.constant_scale = scale * factor(0.25, 2);
            std::vector<std::int16_t> values;
            for (std::int64_t i = 0; i < element_count(shape); ++i)
                values.push_back(static_cast<std::int16_t>(dice_.between(-32768, 32767)));
            tensors_[layer.constant] = Tensor::of<std::int16_t>(TensorType::i16, shape, values);
            end(layer, shape, scale);
            return;
        }
        std::size_t b = a;
        for (std::size_t i = 0; i < places_.size(); ++i)
            if (i != a && places_[i].shape == shape && places_[i].words()) b = i;
        const std::string first = words(a), second = words(b);
        end(start(Operator::add, {first, second}), shape, scale);
    }

    void add_rows(Operator op) {
        const std::size_t x = pick_words();
        const Shape shape = places_[x].shape;
        const double scale = places_[x].scale;
        Layer& layer = start(op, {words(x)});
        if (op == Operator::layer_norm) {
            std::vector<float> gamma, beta;
            for (std::int64_t i = 0; i < shape.back(); ++i) {
                gamma.push_back(static_cast<float>(dice_.between(-200, 200)) / 100);
                beta.push_back(static_cast<float>(dice_.between(-100, 100)) / 100);
            }
            layer.gamma = layer.name + ".gamma";
            layer.beta = layer.name + ".beta";
            tensors_[layer.gamma] = Tensor::of<float>(TensorType::f32, {shape.back()}, gamma);
            tensors_[layer.beta] = Tensor::of<float>(TensorType::f32, {shape.back()}, beta);
            end(layer, shape, factor(1e-4, 4e-4));
        } else if (op == Operator::softmax) {
            end(layer, shape, factor(1.0 / 32767, 1.0 / 8000));
        } else {
            if (op == Operator::gelu) layer.tanh_form = dice_.below(2) == 0;
            end(layer, shape, scale * factor(0.5, 2));
        }
    }

    void add_pool() {
        const std::size_t x = pick_place(3, 3);
        if (!places_[x].words()) return;
        add_pool(x, random_window(true));
    }

    // Of windows that do not overlap, behind the layer just added: a chip may fuse it.
    void add_fusible_pool() {
        Window w;
        w.kernel_h = w.stride_h = dice_.between(1, 3);
        w.kernel_w = w.stride_w = dice_.between(2, 3);
        add_pool(places_.size() - 1, w);
    }

    void add_pool(std::size_t x, const Window& w) {
        const Shape shape = places_[x].shape;
        const Shape result = {w.output_h(shape[0]), w.output_w(shape[1]), shape[2]};
        if (result[0] < 1 || result[1] < 1) return;
        Layer& layer =
            start(dice_.below(2) == 0 ? Operator::max_pool : Operator::average_pool, {words(x)});
        layer.window = w;
        end(layer, result, places_[x].scale * factor(0.5, 2));
    }

    // The input of a movement: words, or codes that keep their format and scale.
    std::string moved_input(std::size_t x, bool as_codes) {
        if (!as_codes) return words(x);
        Strings all = narrow_formats_;
        all.insert(all.end(), wide_formats.begin(), wide_formats.end());
        all.insert(all.end(), moved_formats.begin(), moved_formats.end());
        return codes(x, dice_.pick(all));
    }
    void end_move(Layer& layer, Shape shape, bool as_codes) {
        const Activation& input = m_.activations.at(layer.inputs[0]);
        if (!as_codes) {
            const bool same = dice_.below(2) == 0;
            end(layer, std::move(shape), input.scale * (same ? 1 : factor(0.5, 2)));
            return;
        }
        places_.push_back(
            {std::move(shape), input.scale, input.format, static_cast<int>(m_.layers.size()) - 1});
    }

    void add_transpose() {
        const std::size_t x = pick_place(1, 4);
        const bool as_codes = !places_[x].words() || dice_.below(2) == 0;
        const Shape shape = places_[x].shape;
        std::vector<std::int64_t> permutation(shape.size());
        std::iota(permutation.begin(), permutation.end(), 0);
        for (std::size_t i = permutation.size(); i > 1; --i)
            std::swap(
                permutation[i - 1],
                permutation[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(i)))]);
        Layer& layer = start(Operator::transpose, {moved_input(x, as_codes)});
        layer.permutation = permutation;
        Shape result;
        for (const std::int64_t axis : permutation)
            result.push_back(shape[static_cast<std::size_t>(axis)]);
        end_move(layer, result, as_codes);
    }

    void add_reshape() {
        const std::size_t x = pick_place(1, 4);
        const bool as_codes = !places_[x].words() || dice_.below(2) == 0;
        std::int64_t left = element_count(places_[x].shape);
        Shape result;
        for (std::int64_t axes = dice_.between(1, 4); axes > 1; --axes) {
            std::vector<std::int64_t> divisors;
            for (std::int64_t d = 1; d <= left; ++d)
                if (left % d == 0) divisors.push_back(d);
            result.push_back(dice_.pick(divisors));
            left /= result.back();
        }
        result.push_back(left);
        if (result.size() == 3 && result[0] * result[1] > 400) return;
        end_move(start(Operator::reshape, {moved_input(x, as_codes)}), result, as_codes);
    }

    void add_concat() {
        const std::size_t x = pick_place(1, 4);
        const bool as_codes = !places_[x].words() || dice_.below(2) == 0;
        Shape result = places_[x].shape;
        Strings inputs = {moved_input(x, as_codes)};
        const Activation first = m_.activations.at(inputs[0]);
        for (std::int64_t pieces = dice_.between(1, 3); pieces > 0; --pieces) {
            Shape shape = places_[x].shape;
            shape.back() = dice_.between(1, 9);
            const std::size_t other = add_place(shape);
            if (as_codes) {
                places_[other].format = first.format;
                places_[other].scale = first.scale;
            }
            inputs.push_back(encoding(other, places_[other].format, places_[other].scale));
            result.back() += shape.back();
        }
        end_move(start(Operator::concat, inputs), result, as_codes);
    }

    // A result that no layer reads is stored in some encoding.
    void finish() {
        for (std::size_t i = 0; i < places_.size(); ++i) {
            if (places_[i].producer < 0) continue;
            Layer& layer = m_.layers[static_cast<std::size_t>(places_[i].producer)];
            if (!layer.outputs.empty()) continue;
            if (places_[i].words() && dice_.below(2) == 0)
                codes(i, dice_.pick(narrow_formats_));
            else
                encoding(i, places_[i].format, places_[i].scale);
        }
        m_.output = m_.layers.back().outputs[0];
        m_.input = m_.external_inputs().front();
    }

    Dice dice_;
    const ArrayKind kind_;
    Manifest m_;
    std::map<std::string, Tensor> tensors_;
    std::vector<Place> places_;
    std::size_t first_ = 0;
    const Strings& narrow_formats_;
};

// Raises the buffer that an error names to the size that it asks for.
void raise(KeyValues& keys, const std::string& error) {
    const std::size_t equals = error.find(" = "), needs = error.find("needs at least ");
    BITLOOM_CHECK(equals != std::string::npos && needs != std::string::npos, "{}", error);
    const std::string key = error.substr(0, equals);
    const std::int64_t bytes = (std::stoll(error.substr(needs + 15)) + 63) / 64 * 64;
    for (auto& [name, value] : keys)
        if (name == key) {
            BITLOOM_CHECK(bytes > std::stoll(value), "an error asks for more than there is: {}",
                          error);
            value = std::to_string(bytes);
            return;
        }
    BITLOOM_CHECK(false, "an error names a buffer: {}", error);
}

}  // namespace

Trace random_network_trace(std::uint64_t seed, ArrayKind kind) {
    return NetworkBuilder(seed, kind).build(seed);
}

namespace {

// Arrays from a few cells to the whole network, every converter, every source of noise and error.
KeyValues random_analog_keys(std::uint64_t seed) {
    Dice dice(seed, "chip");
    KeyValues keys;
    const auto number = [&](const char* name, std::int64_t value) {
        keys.emplace_back(name, std::to_string(value));
    };
    const auto choose = [&](const char* name, std::vector<std::string> values) {
        keys.emplace_back(name, dice.pick(values));
    };
    const std::int64_t mux = dice.pick<std::int64_t>({1, 2, 4, 8});
    number("array.rows", dice.pick<std::int64_t>({16, 40, 128, 1024}));
    number("array.columns", mux * dice.pick<std::int64_t>({8, 16, 64}));
    number("array.adc_mux", mux);
    number("array.cell_bits", dice.pick<std::int64_t>({1, 2, 3, 7}));
    number("array.most_arrays", 0);
    choose("array.device", {"pcm", "hermes2", "reram_cmo", "gaussian5", "ideal"});
    choose("array.wire_ohm", {"0", "0.01", "1"});
    choose("array.sense_end", {"row_0", "alternating"});
    choose("array.wiring", {"same_line", "separate_lines"});
    choose("array.read_noise", {"0", "0.0175"});
    choose("stuck.off_rate", {"0", "0.01"});
    choose("dac.mode", {"pwm", "split_pwm", "bit_serial"});
    number("dac.bits", dice.between(4, 8));
    number("dac.split_low_bits", dice.between(1, 2));
    number("dac.tick_cycles", dice.between(1, 3));
    number("dac.set_cycles", dice.between(0, 2));
    choose("dac.jitter_ticks_sigma", {"0", "0.5"});
    choose("dac.gain_sigma", {"0", "0.05"});
    choose("adc.kind", {"ideal", "sar", "ramp"});
    number("adc.bits", dice.between(4, 10));
    choose("adc.rounding", {"nearest", "floor"});
    choose("adc.full_scale", {"0", "3", "40"});
    choose("adc.range", {"fixed", "per_layer"});
    choose("adc.gain_sigma", {"0", "0.1"});
    choose("adc.offset_sigma_lsb", {"0", "0.7"});
    choose("adc.noise_sigma_lsb", {"0", "0.5"});
    choose("adc.sample_rate", {"0", "300MHz", "1.28GHz"});
    keys.emplace_back("adc.energy", "walden");
    choose("compensation.read_out", {"none", "common_input", "one_hot"});
    number("digital.fraction_bits", dice.pick<std::int64_t>({0, 3, 8}));
    number("activation_sram.bytes", 1 << 20);
    number("activation_sram.fetch_bits", dice.pick<std::int64_t>({8, 64, 512}));
    number("activation_sram.port_bits", dice.pick<std::int64_t>({8, 64, 1024}));
    number("vector.lanes", dice.pick<std::int64_t>({1, 3, 16, 64}));
    number("vector.latency_cycles", dice.pick<std::int64_t>({0, 1, 8}));
    return keys;
}

}  // namespace

KeyValues random_chip_keys(std::uint64_t seed, const Trace& trace, bool has_rtl, ArrayKind kind) {
    if (kind == ArrayKind::analog) return random_analog_keys(seed);
    Dice dice(seed, "chip");
    KeyValues keys;
    const auto number = [&](const char* name, std::int64_t value) {
        keys.emplace_back(name, std::to_string(value));
    };
    if (kind == ArrayKind::systolic) {
        const std::int64_t lines = dice.below(4) == 0 ? 16 : 6;
        const std::int64_t built = dice.pick<std::int64_t>({4, 4, 8, 16});
        const std::int64_t rows = 2 * dice.between(1, lines), columns = 2 * dice.between(1, lines);
        number("array.rows", has_rtl ? built : rows);
        number("array.columns", has_rtl ? built : columns);
        const bool output_stationary = dice.below(2) == 0;
        keys.emplace_back("array.dataflow",
                          output_stationary ? "output_stationary" : "weight_stationary");
        keys.emplace_back("array.drain", output_stationary && dice.below(2) == 0 ? "shift" : "bus");
        keys.emplace_back("array.overlap_folds", dice.below(2) == 0 ? "true" : "false");
        const std::int64_t accumulator = dice.below(2) == 0 ? 32 : dice.between(16, 31);
        number("array.accumulator_bits", has_rtl ? 32 : accumulator);
    } else {
        number("array.rows", dice.between(1, 9));
        number("array.columns", dice.between(1, 9));
        number("array.word_bits", dice.pick<std::int64_t>({32, 64, 128}));
        keys.emplace_back("array.dataflow", to_string(bit_serial_dataflows[static_cast<std::size_t>(
                                                dice.below(bit_serial_dataflows.size()))]));
        keys.emplace_back(
            "array.stacking",
            to_string(
                plane_stackings[static_cast<std::size_t>(dice.below(plane_stackings.size()))]));
        number("array.lanes", dice.between(1, 4));
        number("array.serial_bits", dice.pick<std::int64_t>({1, 2, 4}));
        number("array.first_stage_bits", dice.between(0, 3));
        number("array.lookahead", dice.between(1, 7));
        number("array.lookaside", dice.between(0, 8));
        keys.emplace_back("array.search", dice.below(2) == 0 ? "t" : "l");
        keys.emplace_back("array.back_end", dice.below(2) == 0 ? "stripes" : "pragmatic");
        number("array.fill_cycles", dice.between(1, 20));
    }
    number("global_buffer.bytes", dice.pick<std::int64_t>({0, 0, 1024, 8192, 1 << 20}));
    number("global_buffer.port_bits", dice.pick<std::int64_t>({8, 100, 1024}));
    number("global_buffer.latency_cycles", dice.between(0, 9));
    for (const std::string name :
         {"weight_buffer", "activation_buffer", "output_buffer", "vector_buffer"}) {
        const std::int64_t size = dice.below(3);  // just sufficient, random, large
        number((name + ".bytes").c_str(), size == 0   ? 64
                                          : size == 1 ? 64 * dice.between(1, 64)
                                                      : 1 << 20);
    }
    keys.emplace_back("energy.extrapolate", "true");
    number("weight_buffer.port_bits", dice.pick<std::int64_t>({5, 16, 64, 1024}));
    number("activation_buffer.port_bits", dice.pick<std::int64_t>({7, 16, 64, 1024}));
    number("vector.lanes", dice.pick<std::int64_t>({1, 3, 16, 64}));
    number("vector.latency_cycles", dice.pick<std::int64_t>({0, 1, 8}));
    number("vector.divide_cycles", dice.between(1, 16));
    keys.emplace_back("vector.fuse_pooling", dice.below(2) == 0 ? "true" : "false");
    number("dma.width_bits", dice.pick<std::int64_t>({8, 64, 120, 1024}));
    number("dma.outstanding", dice.pick<std::int64_t>({1, 2, 32}));
    number("clock.frequency",
           dice.pick<std::int64_t>({1'000'000, 100'000'000, 500'000'000, 590'000'000}));
    keys.emplace_back("memory.dram", dice.pick(dram_names()));

    for (;;) try {
            const ChipDescription chip = chip_with(keys, kind);
            const FusedPools pools =
                chip.gemm().fuse_pooling ? find_fused_pools(trace.manifest()) : FusedPools{};
            const MemoryMap memory(trace, chip.gemm().global_buffer_bytes, pools);
            for (const Layer& layer : trace.manifest().layers)
                map_layer(trace, layer, memory, chip.gemm(),
                          pools.contains(layer.name) ? pools.at(layer.name) : nullptr);
            return keys;
        } catch (const Error& error) {
            raise(keys, error.what());
        }
}

ChipDescription chip_with(const KeyValues& keys, ArrayKind kind) {
    const char* name = kind == ArrayKind::systolic     ? "ant"
                       : kind == ArrayKind::bit_serial ? "apnn_tc"
                                                       : "aon_cim";
    return read_chip(fmt::format("{}/models/chip/{}.ini", BITLOOM_SOURCE_DIR, name), keys);
}

std::string text_of(const KeyValues& keys) {
    std::string text;
    for (const auto& [name, value] : keys) text += name + "=" + value + " ";
    return text;
}

}  // namespace bitloom::test
