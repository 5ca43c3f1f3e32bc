// SPDX-License-Identifier: Apache-2.0
// Every rule of a manifest, by a manifest that breaks it and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "models/numeric/format.h"
#include "tests/workloads/trace/error_text.h"
#include "tests/workloads/trace/one_layer.h"
#include "tests/workloads/trace/sample_traces.h"
#include "workloads/trace/layer.h"

namespace bitloom {
namespace {

using test::gemm;
using test::OneLayer;
using testing::ElementsAre;
using testing::IsEmpty;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(ManifestProblems, ValidManifestsHaveNone) {
    EXPECT_THAT(test::conv().problems(), IsEmpty());
    EXPECT_THAT(gemm().problems(), IsEmpty());
    EXPECT_THAT(OneLayer(Operator::matmul, {{2, 3, 4}, {2, 4, 5}}, {2, 3, 5}, true).problems(),
                IsEmpty());
    EXPECT_THAT(OneLayer(Operator::add, {{2, 3}, {2, 3}}, {2, 3}).problems(), IsEmpty());
    EXPECT_THAT(problems(test::small_parts().manifest), IsEmpty());
    for (std::uint64_t seed = 0; seed < 300; ++seed)
        ASSERT_THAT(problems(test::random_parts(seed).manifest), IsEmpty()) << "seed " << seed;
}

TEST(ManifestProblems, AllAreReportedNotOnlyTheFirst) {
    OneLayer one = gemm();
    one.m.version = 2;
    one.m.network = "a\nb";
    one.m.float_accuracy = 1.5;
    one.m.quantized_accuracy = nan;
    one.m.provenance["k"] = "\xff";
    one.m.provenance[""] = "";
    one.m.output = "z";
    EXPECT_THAT(one.problems(),
                ElementsAre("version = 2: must be 1", "network: 'a\\x0ab' has a control character",
                            "float_accuracy = 1.5: must be 0..1, or -1 for absent",
                            "quantized_accuracy = nan: must be 0..1, or -1 for absent",
                            "provenance: key '' is empty", "provenance: value of 'k' is not UTF-8",
                            "output: activation 'z' does not exist; did you mean 'a'?"));
}

TEST(ManifestProblems, AnEmptyManifestHasNoInputLayersOrOutput) {
    EXPECT_THAT(problems(Manifest{}),
                ElementsAre("input: activation '' does not exist", "layers: none: at least one",
                            "output: activation '' does not exist"));
}

TEST(ActivationProblems, AreNamed) {
    const auto with = [](const std::function<void(Activation&)>& change) {
        OneLayer one(Operator::gelu, {{4}}, {4});
        change(one["a"]);
        return one.problems();
    };
    using A = Activation&;
    EXPECT_THAT(with([](A a) { a.name = "b"; }),
                ElementsAre("activation 'a': is named 'b': must be named as its key"));
    EXPECT_THAT(with([](A a) { a.shape = {}; }),
                ElementsAre("activation 'a': shape has 0 axes: must be 1..8"));
    EXPECT_THAT(with([](A a) { a.shape = Shape(9, 1); }),
                ElementsAre("activation 'a': shape has 9 axes: must be 1..8"));
    EXPECT_THAT(with([](A a) {
                    a.shape = {2, 0};
                }),
                ElementsAre("activation 'a': shape 2x0: axis 1 = 0: must be 1..2147483648"));
    EXPECT_THAT(with([](A a) { a.shape = {2147483649}; }),
                ElementsAre("activation 'a': shape 2147483649: axis 0 = 2147483649: must be "
                            "1..2147483648"));
    EXPECT_THAT(with([](A a) {
                    a.shape = {1048577, 1048576};
                }),
                ElementsAre("activation 'a': shape 1048577x1048576: too many elements: at most "
                            "1099511627776"));
    for (const double scale : {0.0, -1.0, nan, infinity})
        EXPECT_THAT(
            with([&](A a) { a.scale = scale; }),
            ElementsAre(fmt::format("activation 'a': scale = {}: must be finite and > 0", scale)));
    const std::string unknown = test::error_of([] { format("itn8"); });
    EXPECT_THAT(with([](A a) { a.format = "itn8"; }), ElementsAre("activation 'a': " + unknown));
    EXPECT_THAT(with([](A a) { a.format = std::string(65, 'x'); }),
                ElementsAre("activation 'a': unknown format '" + std::string(65, 'x') + "'"));
    EXPECT_THAT(
        with([](A a) { a.format = "int12"; }),
        ElementsAre("activation 'a': format 'int12' has 12 bits: must be int16 or a format of "
                    "at most 8 bits"));
}

TEST(LayerLinks, InputsExistBeforeTheyAreRead) {
    OneLayer one(Operator::gelu, {{4}}, {4});
    one.layer().inputs = {"c"};
    EXPECT_THAT(one.problems(),
                ElementsAre("input: activation 'a': must be 'c', the first that no layer produces",
                            "layer 'l': input 'c' does not exist; did you mean 'a'?",
                            "activation 'a': no layer reads or produces it"));

    // Two layers in the wrong order.
    OneLayer two(Operator::gelu, {{4}}, {4});
    two.m.activations["z"] = {"z", {4}, "int16", 1.0};
    Layer late = two.layer();
    late.name = "late";
    late.inputs = {"y"};
    late.outputs = {"z"};
    two.m.layers.insert(two.m.layers.begin(), late);
    EXPECT_THAT(two.problems(), ElementsAre("layer 'late': input 'y' is not produced before this "
                                            "layer"));
    std::swap(two.m.layers[0], two.m.layers[1]);
    EXPECT_THAT(two.problems(), IsEmpty());
}

TEST(LayerLinks, ResultsAreProducedOnce) {
    OneLayer one(Operator::gelu, {{4}}, {4});
    one.m.layers.push_back(one.layer());
    EXPECT_THAT(one.problems(),
                ElementsAre("layer 'l': is not the only layer of this name: names are unique",
                            "layer 'l': output 'y' is already produced: once only"));
    one.m.layers.pop_back();
    one.layer().outputs = {};
    EXPECT_THAT(one.problems(), ElementsAre("layer 'l': outputs: none: at least one",
                                            "activation 'y': no layer reads or produces it"));
    one.layer().outputs = {"a"};
    EXPECT_THAT(one.problems(),
                ElementsAre("input: activation 'a': no layer reads it, or a layer produces it",
                            "layer 'l': input 'a' is not produced before this layer",
                            "activation 'y': no layer reads or produces it"));
}

// A topology of separate layers: each has its own input.
TEST(LayerLinks, SeparateLayersHaveInputsOfTheirOwn) {
    OneLayer one(Operator::gelu, {{4}}, {4});
    Layer other = one.layer();
    other.name = "other";
    other.inputs = {"b"};
    other.outputs = {"z"};
    one.m.activations["b"] = {"b", {7}, "int16", 1.0};
    one.m.activations["z"] = {"z", {7}, "int16", 1.0};
    one.m.layers.push_back(other);
    EXPECT_THAT(one.problems(), IsEmpty());
    EXPECT_THAT(one.m.external_inputs(), ElementsAre("a", "b"));
}

TEST(LayerLinks, EncodingsOfAResultAgree) {
    OneLayer one = gemm();
    one.m.activations["q"] = {"q", {3, 2}, "flint4", 0.7};
    one.layer().outputs = {"y", "q"};
    EXPECT_THAT(one.problems(), IsEmpty());
    one["q"].shape = {2, 3};
    EXPECT_THAT(one.problems(),
                ElementsAre("layer 'l': output 'q' has shape 2x3: must be 3x2 as output 'y'"));
    one["q"].shape = {3, 2};
    one["y"].scale = 0.5;
    EXPECT_THAT(one.problems(),
                ElementsAre("layer 'l': output 'y' has scale 0.5: an int16 output has "
                            "the working scale 1"));
}

TEST(LayerMembers, AreInRange) {
    const auto with = [](const std::function<void(Layer&)>& change) {
        OneLayer one = gemm();
        change(one.layer());
        return one.problems();
    };
    using L = Layer&;
    for (const double value : {0.0, -1.0, nan, infinity}) {
        EXPECT_THAT(with([&](L l) { l.weights->scales[1] = value; }),
                    ElementsAre(fmt::format(
                        "layer 'l': weights: scales[1] = {}: must be finite and > 0", value)));
        EXPECT_THAT(
            with([&](L l) { l.epsilon = value; }),
            ElementsAre("layer 'l': epsilon is given: operator 'gemm' has none; only "
                        "layer_norm may",
                        fmt::format("layer 'l': epsilon = {}: must be finite and > 0", value)));
    }
    EXPECT_THAT(
        with([](L l) {
            l.weights->scales = {1, 2, 3};
        }),
        ElementsAre("layer 'l': weights: 3 scales: must be 1 or one for each output channel"));
    EXPECT_THAT(
        with([](L l) { l.weights->scales = {}; }),
        ElementsAre("layer 'l': weights: 0 scales: must be 1 or one for each output channel"));
    EXPECT_THAT(with([](L l) { l.weights->format = "int16"; }),
                ElementsAre("layer 'l': weights: format 'int16' has 16 bits: at most 8"));
    EXPECT_THAT(with([](L l) { l.weights.reset(); }),
                ElementsAre("layer 'l': weights are missing"));
    EXPECT_THAT(
        with([](L l) { l.clamp_low = 2, l.clamp_high = 1; }),
        ElementsAre("layer 'l': clamp 2..1: must be -inf <= low <= high <= inf with a finite "
                    "value between"));
    EXPECT_THAT(with([](L l) { l.clamp_low = nan; }),
                ElementsAre("layer 'l': clamp nan..inf: must be -inf <= low <= high <= inf with a "
                            "finite value between"));
    EXPECT_THAT(with([](L l) { l.clamp_low = infinity; }),
                ElementsAre("layer 'l': clamp inf..inf: must be -inf <= low <= high <= inf with a "
                            "finite value between"));
    EXPECT_THAT(with([](L l) { l.clamp_low = l.clamp_high = 1.0; }), IsEmpty());
    EXPECT_THAT(
        with([](L l) { l.bias = "dataset/labels"; }),
        ElementsAre("layer 'l': bias: tensor name 'dataset/labels' is reserved: must not be "
                    "__metadata__ or begin with dataset/ or reference/"));
    EXPECT_THAT(with([](L l) { l.bias = "b\t"; }),
                ElementsAre("layer 'l': bias: tensor name 'b\\x09' has a control character"));
    EXPECT_THAT(with([](L l) { l.name = ""; }), ElementsAre("layer '': its name is empty"));
}

// Nothing given is ignored.
TEST(LayerMembers, AreThoseOfTheOperator) {
    OneLayer one(Operator::gelu, {{4}}, {4});
    Layer& l = one.layer();
    l.window.pad_top = 1;
    l.groups = 2;
    l.weights = Weights{"w", {2, 5}, "int4", {1.0}};
    l.bias = "b";
    l.constant = "c";
    l.constant_scale = 1.0;
    l.gamma = "g";
    l.beta = "b";
    l.epsilon = 1.0;
    l.transpose_b = true;
    l.multiplier = 2.0;
    l.permutation = {0};
    l.tanh_form = true;
    const auto line = [](const char* member, const char* users) {
        return fmt::format("layer 'l': {} is given: operator 'gelu' has none; only {} may", member,
                           users);
    };
    EXPECT_THAT(one.problems(),
                ElementsAre(line("window", "conv2d, max_pool and average_pool"),
                            line("groups", "conv2d"), line("weights", "conv2d and gemm"),
                            line("bias", "conv2d and gemm"), line("constant", "add"),
                            line("gamma", "layer_norm"), line("beta", "layer_norm"),
                            line("epsilon", "layer_norm"), line("transpose_b", "matmul"),
                            line("multiplier", "matmul"), line("permutation", "transpose")));
    one = gemm();
    one.layer().tanh_form = true;
    one.layer().constant_scale = 1.0;
    EXPECT_THAT(
        one.problems(),
        ElementsAre("layer 'l': constant_scale = 1: must be 0 without a constant",
                    "layer 'l': tanh_form is given: operator 'gemm' has none; only gelu may"));
}

}  // namespace
}  // namespace bitloom
