// SPDX-License-Identifier: Apache-2.0
// Every rule of a manifest, by a manifest that breaks it and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "models/numeric/format.h"
#include "tests/workloads/trace/error_text.h"
#include "tests/workloads/trace/sample_traces.h"
#include "workloads/trace/layer.h"

namespace bitloom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// A layer "l" of the operator: inputs "a", "b", ... of the given shapes, output "y" (int16).
class OneLayer {
public:
    OneLayer(Operator op, const std::vector<Shape>& inputs, const Shape& output,
             bool codes = false) {
        Layer layer;
        layer.name = "l";
        layer.op = op;
        for (const Shape& shape : inputs) {
            const std::string name(1, static_cast<char>('a' + layer.inputs.size()));
            // A second input of conv2d and gemm is a residual.
            const bool residual = op != Operator::matmul && !layer.inputs.empty();
            m.activations[name] = {name, shape, codes && !residual ? "int8" : "int16", 1.0};
            layer.inputs.push_back(name);
        }
        m.activations["y"] = {"y", output, "int16", 1.0};
        layer.outputs = {"y"};
        m.input = "a";
        m.output = "y";
        m.layers = {layer};
    }

    Layer& layer() { return m.layers[0]; }
    Activation& operator[](const std::string& name) { return m.activations.at(name); }
    OneLayer& with(const std::function<void(OneLayer&)>& change) {
        change(*this);
        return *this;
    }
    std::vector<std::string> problems() const { return bitloom::problems(m); }

    Manifest m;
};

// A 3x2 kernel, stride 2x1, one row of padding on top: [5,4,6] -> [2,3,4].
OneLayer conv() {
    OneLayer one(Operator::conv2d, {{5, 4, 6}}, {2, 3, 4}, true);
    one.layer().window = {3, 2, 2, 1, 1, 0, 0, 0, 1, 1};
    one.layer().groups = 2;
    one.layer().weights = Weights{"w", {4, 3, 2, 3}, "int4", {1.0}};
    return one;
}

OneLayer gemm() {
    OneLayer one(Operator::gemm, {{3, 5}}, {3, 2}, true);
    one.layer().weights = Weights{"w", {2, 5}, "int4", {1.0, 2.0}};
    return one;
}

TEST(ManifestProblems, ValidManifestsHaveNone) {
    EXPECT_THAT(conv().problems(), IsEmpty());
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

TEST(ConvProblems, AreNamed) {
    const auto with = [](const std::function<void(OneLayer&)>& change) {
        return conv().with(change).problems();
    };
    using O = OneLayer&;
    EXPECT_THAT(with([](O o) { o.layer().groups = 4; }),
                ElementsAre("layer 'l': groups = 4: must divide 6 input and 4 output channels"));
    EXPECT_THAT(
        with([](O o) { o.layer().groups = 1; }),
        ElementsAre("layer 'l': weights have shape 4x3x2x3: the last axis must be 6 (6 channels "
                    "in 1 groups)"));
    EXPECT_THAT(with([](O o) { o.layer().groups = 0; }),
                ElementsAre("layer 'l': groups = 0: must be >= 1"));
    EXPECT_THAT(with([](O o) {
                    o.layer().weights->shape = {4, 2, 3, 3};
                }),
                ElementsAre("layer 'l': weights have shape 4x2x3x3: the kernel is 3x2"));
    EXPECT_THAT(with([](O o) {
                    o.layer().weights->shape = {4, 18};
                }),
                ElementsAre("layer 'l': weights have shape 4x18: must be [OC,KH,KW,IC/groups]"));
    EXPECT_THAT(with([](O o) {
                    o.layer().weights->shape = {4, 0};
                }),
                ElementsAre("layer 'l': weights: shape 4x0: axis 1 = 0: must be 1..2147483648"));
    EXPECT_THAT(with([](O o) {
                    o["y"].shape = {2, 3, 5};
                }),
                ElementsAre("layer 'l': output 'y' has shape 2x3x5: must be 2x3x4"));
    EXPECT_THAT(with([](O o) { o.layer().window.stride_h = 1; }),
                ElementsAre("layer 'l': output 'y' has shape 2x3x4: must be 4x3x4"));
    EXPECT_THAT(with([](O o) { o.layer().window.stride_h = 0; }),
                ElementsAre("layer 'l': window.stride_h = 0: must be 1..2147483648"));
    EXPECT_THAT(with([](O o) { o.layer().window.pad_left = -1; }),
                ElementsAre("layer 'l': window.pad_left = -1: must be 0..2147483648"));
    EXPECT_THAT(
        with([](O o) { o.layer().window.dilation_h = 3; }),
        ElementsAre("layer 'l': a window of 3x2 with dilation 3x1 does not fit input 'a' of "
                    "5x4x6 with padding 1 0 0 0 (top left bottom right)"));
    EXPECT_THAT(
        with([](O o) { o["a"].format = "int16"; }),
        ElementsAre("layer 'l': input 'a' has format 'int16': the array reads formats of at "
                    "most 8 bits"));
    EXPECT_THAT(with([](O o) {
                    o["a"].shape = {5, 24};
                }),
                ElementsAre("layer 'l': input 'a' has shape 5x24: must be [H,W,C]"));
    EXPECT_THAT(with([](O o) {
                    o.layer().inputs = {"a", "a", "a"};
                }),
                ElementsAre("layer 'l': 3 inputs: operator 'conv2d' has 1..2"));
}

TEST(ConvProblems, ResidualsAreWordsOfTheResultsShape) {
    OneLayer one = conv();
    one.m.activations["r"] = {"r", {2, 3, 4}, "int16", 3.0};
    one.layer().inputs.push_back("r");
    EXPECT_THAT(one.problems(), IsEmpty());
    one["r"].shape = {2, 3, 5};
    EXPECT_THAT(one.problems(),
                ElementsAre("layer 'l': residual 'r' has shape 2x3x5: must be the result's 2x3x4"));
    one["r"] = {"r", {2, 3, 4}, "int8", 3.0};
    EXPECT_THAT(one.problems(),
                ElementsAre("layer 'l': input 'r' has format 'int8': the vector unit reads int16"));
}

// Every size is allowed by itself; their product is not.
TEST(ConvProblems, MultiplicationsFitInSixtyBits) {
    OneLayer one(Operator::conv2d, {{1 << 20, 1 << 20, 1}}, {1, 1, 1}, true);
    one.layer().window.kernel_h = one.layer().window.kernel_w = 1 << 19;
    one.layer().weights = Weights{"", {1, 1 << 19, 1 << 19, 1}, "int4", {1.0}};
    one["y"].shape = {(1 << 19) + 1, (1 << 19) + 1, 1};
    EXPECT_THAT(one.problems(),
                ElementsAre("layer 'l': 274878955521 results of 274877906944 MACs: at most "
                            "1152921504606846976 MACs in a layer"));
}

TEST(GemmProblems, AreNamed) {
    const auto with = [](const std::function<void(OneLayer&)>& change) {
        return gemm().with(change).problems();
    };
    using O = OneLayer&;
    EXPECT_THAT(
        with([](O o) {
            o["a"].shape = {3, 6};
        }),
        ElementsAre("layer 'l': weights have shape 2x5: the last axis must be 6 as of input "
                    "'a'"));
    EXPECT_THAT(with([](O o) {
                    o["y"].shape = {2, 2};
                }),
                ElementsAre("layer 'l': output 'y' has shape 2x2: must be 3x2"));
    EXPECT_THAT(with([](O o) {
                    o["a"].shape = {1, 3, 5};
                }),
                ElementsAre("layer 'l': input 'a' has shape 1x3x5: must be [M,K] or [K]"));
    EXPECT_THAT(with([](O o) { o["a"].shape = {5}, o["y"].shape = {2}; }), IsEmpty());
}

TEST(MatmulProblems, AreNamed) {
    const auto of = [](const Shape& a, const Shape& b, const Shape& y, bool transposed) {
        OneLayer one(Operator::matmul, {a, b}, y, true);
        one.layer().transpose_b = transposed;
        return one.problems();
    };
    EXPECT_THAT(of({2, 3, 4}, {2, 5, 4}, {2, 3, 5}, true), IsEmpty());
    EXPECT_THAT(
        of({2, 3, 4}, {2, 5, 4}, {2, 3, 4}, false),
        ElementsAre("layer 'l': inputs have shapes 2x3x4 and 2x5x4: K = 4 and 5 must agree"));
    EXPECT_THAT(
        of({2, 3, 4}, {2, 4, 5}, {2, 3, 4}, true),
        ElementsAre("layer 'l': inputs have shapes 2x3x4 and 2x4x5 (transposed): K = 4 and 5 "
                    "must agree"));
    EXPECT_THAT(
        of({2, 3, 4}, {4, 5}, {2, 3, 5}, false),
        ElementsAre("layer 'l': inputs have shapes 2x3x4 and 4x5: must agree in all but the "
                    "last two axes"));
    EXPECT_THAT(of({4}, {4, 5}, {5}, false),
                ElementsAre("layer 'l': input 'a' has shape 4: must be [...,M,K]"));
    EXPECT_THAT(of({3, 4}, {4, 5}, {3, 4}, false),
                ElementsAre("layer 'l': output 'y' has shape 3x4: must be 3x5"));
}

TEST(VectorProblems, AreNamed) {
    OneLayer add(Operator::add, {{2, 3}, {3, 2}}, {2, 3});
    EXPECT_THAT(add.problems(),
                ElementsAre("layer 'l': input 'b' has shape 3x2: must be the result's 2x3"));
    add["b"].shape = {2, 3};
    add.layer().constant = "c";
    add.layer().constant_scale = 1.0;
    EXPECT_THAT(add.problems(), ElementsAre("layer 'l': 2 inputs: operator 'add' has 2, or 1 and a "
                                            "constant; constant is 'c'"));
    OneLayer constant(Operator::add, {{2, 3}}, {2, 3});
    constant.layer().constant = "c";
    EXPECT_THAT(constant.problems(),
                ElementsAre("layer 'l': constant_scale = 0: must be finite and > 0"));
    for (const Operator op :
         {Operator::clamp, Operator::softmax, Operator::layer_norm, Operator::gelu}) {
        OneLayer one(op, {{2, 3}}, {2, 3});
        EXPECT_THAT(one.problems(), IsEmpty());
        one["y"].shape = {3, 2};
        EXPECT_THAT(one.problems(),
                    ElementsAre("layer 'l': output 'y' has shape 3x2: must be 2x3"));
        one["y"].shape = {2, 3};
        one["a"].format = "int8";
        EXPECT_THAT(
            one.problems(),
            ElementsAre("layer 'l': input 'a' has format 'int8': the vector unit reads int16"));
    }
    OneLayer norm(Operator::layer_norm, {{2, 3}}, {2, 3});
    norm.layer().gamma = "g";
    EXPECT_THAT(norm.problems(),
                ElementsAre("layer 'l': gamma 'g' and beta '': must be both given or both empty"));
}

// A window with nothing but padding has neither maximum nor mean.
TEST(PoolProblems, NoWindowLiesInThePadding) {
    for (const Operator op : {Operator::max_pool, Operator::average_pool}) {
        OneLayer one(op, {{4, 4, 2}}, {5, 3, 2});
        one.layer().window = {2, 2, 1, 1, 1, 0, 1, 0, 1, 1};
        EXPECT_THAT(one.problems(), IsEmpty());
        one.layer().window.pad_top = 2;
        one["y"].shape = {6, 3, 2};
        EXPECT_THAT(one.problems(), ElementsAre("layer 'l': padding 2 in h: a pool of kernel 2 and "
                                                "dilation 1 has at most 1"));
        one.layer().window = {2, 2, 1, 1, 0, 1, 0, 0, 1, 2};
        one["y"].shape = {3, 3, 2};
        EXPECT_THAT(one.problems(), ElementsAre("layer 'l': padding 1 in w: a pool of kernel 2 and "
                                                "dilation 2 has at most 0"));
    }
}

TEST(MovementProblems, AreNamed) {
    OneLayer transpose(Operator::transpose, {{2, 3, 4}}, {4, 2, 3});
    transpose.layer().permutation = {2, 0, 1};
    EXPECT_THAT(transpose.problems(), IsEmpty());
    transpose.layer().permutation = {2, 1, 0};
    EXPECT_THAT(transpose.problems(),
                ElementsAre("layer 'l': output 'y' has shape 4x2x3: must be 4x3x2"));
    transpose.layer().permutation = {0, 1, 1};
    EXPECT_THAT(transpose.problems(),
                ElementsAre("layer 'l': permutation [0,1,1]: must have each of 0..2 once"));
    transpose.layer().permutation = {0, 1};
    EXPECT_THAT(transpose.problems(),
                ElementsAre("layer 'l': permutation of 2 axes: input 'a' has 3"));
    OneLayer reshape(Operator::reshape, {{2, 3}}, {7});
    EXPECT_THAT(
        reshape.problems(),
        ElementsAre("layer 'l': output 'y' has shape 7 of 7 elements: input 'a' has 2x3 of 6"));
    OneLayer concat(Operator::concat, {{2, 3}, {2, 4}}, {2, 7});
    EXPECT_THAT(concat.problems(), IsEmpty());
    concat["b"].shape = {3, 4};
    EXPECT_THAT(
        concat.problems(),
        ElementsAre("layer 'l': input 'b' has shape 3x4: must agree with 2x3 in all but the "
                    "last axis"));
    concat["b"].shape = {2, 5};
    EXPECT_THAT(concat.problems(), ElementsAre("layer 'l': output 'y' has shape 2x7: must be 2x8"));
}

TEST(MovementProblems, CodesMoveUnchanged) {
    OneLayer one(Operator::reshape, {{2, 3}}, {6});
    one["a"] = {"a", {2, 3}, "flint4", 0.5};
    one["y"] = {"y", {6}, "flint4", 0.5};
    EXPECT_THAT(one.problems(), IsEmpty());
    one["y"].scale = 0.25;
    EXPECT_THAT(one.problems(),
                ElementsAre("layer 'l': output 'y' has format 'flint4' and scale 0.25: "
                            "moved codes keep 'flint4' and 0.5"));
    one["y"].scale = 0.5;
    one.layer().clamp_low = 0.0;
    EXPECT_THAT(
        one.problems(),
        ElementsAre("layer 'l': clamp 0..inf: moved codes of format 'flint4' have no clamp"));
}

}  // namespace
}  // namespace bitloom
