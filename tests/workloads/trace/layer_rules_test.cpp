// SPDX-License-Identifier: Apache-2.0
// The rules of each operator, by a layer that breaks one and nothing else.
#include "workloads/trace/layer_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workloads/trace/one_layer.h"

namespace bitloom {
namespace {

using test::conv;
using test::gemm;
using test::OneLayer;
using testing::ElementsAre;
using testing::IsEmpty;

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
        EXPECT_THAT(one.problems(), ElementsAre("layer 'l': window 0 in h has nothing but padding: "
                                                "must have an element of input 'a'"));
        one.layer().window = {2, 2, 1, 1, 0, 1, 0, 0, 1, 2};
        one["y"].shape = {3, 3, 2};
        EXPECT_THAT(one.problems(), IsEmpty());  // columns -1 and 1
        one.layer().window = {1, 1, 2, 2, 0, 0, 2, 0, 1, 1};
        one["y"].shape = {3, 2, 2};
        EXPECT_THAT(one.problems(), ElementsAre("layer 'l': window 2 in h has nothing but padding: "
                                                "must have an element of input 'a'"));
    }
}

// Against a count of the elements of every window.
TEST(PoolProblems, WindowsOfPaddingAreFoundExactly) {
    int with = 0, without = 0;
    for (std::int64_t size = 1; size <= 5; ++size)
        for (std::int64_t kernel = 1; kernel <= 4; ++kernel)
            for (std::int64_t stride = 1; stride <= 4; ++stride)
                for (std::int64_t dilation = 1; dilation <= 7; ++dilation)
                    for (std::int64_t before = 0; before <= 9; ++before)
                        for (std::int64_t outputs = 1; outputs <= 6; ++outputs) {
                            std::int64_t first = -1;
                            for (std::int64_t o = outputs; o-- > 0;) {
                                bool element = false;
                                for (std::int64_t k = 0; k < kernel; ++k) {
                                    const std::int64_t at = o * stride - before + k * dilation;
                                    element = element || (at >= 0 && at < size);
                                }
                                if (!element) first = o;
                            }
                            first < 0 ? ++without : ++with;
                            ASSERT_EQ(window_of_padding(size, outputs, kernel, stride, dilation,
                                                        before) < 0,
                                      first < 0)
                                << size << " " << kernel << " " << stride << " " << dilation << " "
                                << before << " " << outputs;
                        }
    EXPECT_GT(with, 1000);
    EXPECT_GT(without, 1000);
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
