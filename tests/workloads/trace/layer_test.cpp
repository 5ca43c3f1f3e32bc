// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/layer.h"

#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/workloads/trace/error_text.h"
#include "workloads/trace/names.h"

namespace bitloom {
namespace {

using test::error_of;

TEST(ElementCount, IsTheProductOrAnError) {
    EXPECT_EQ(element_count({}), 1);
    EXPECT_EQ(element_count({7}), 7);
    EXPECT_EQ(element_count({2, 3, 4}), 24);
    EXPECT_EQ(element_count({2, 0, 4}), 0);
    EXPECT_EQ(element_count({std::int64_t{1} << 31, std::int64_t{1} << 31}), std::int64_t{1} << 62);
    EXPECT_EQ(error_of([] { element_count({2, -1}); }), "shape 2x-1: axis 1 = -1: must be >= 0");
    EXPECT_EQ(error_of([] {
                  element_count({std::int64_t{1} << 32, std::int64_t{1} << 31});
              }),
              "shape 4294967296x2147483648: too many elements: at most 9223372036854775807");
}

TEST(ShapeText, JoinsTheAxes) {
    EXPECT_EQ(to_string(Shape{56, 56, 64}), "56x56x64");
    EXPECT_EQ(to_string(Shape{5}), "5");
    EXPECT_EQ(to_string(Shape{}), "scalar");
}

TEST(Operators, NamesReadBackAndUnknownOnesAreNamed) {
    for (int i = 0; i <= static_cast<int>(Operator::concat); ++i) {
        const auto op = static_cast<Operator>(i);
        EXPECT_EQ(operator_from_string(to_string(op)), op);
    }
    EXPECT_EQ(
        error_of([] { operator_from_string("conv3d"); }),
        "unknown operator 'conv3d'; did you mean 'conv2d'?; known: conv2d gemm matmul add clamp "
        "max_pool average_pool softmax layer_norm gelu transpose reshape concat");
}

// The definition: the number of positions, stride apart, at which the whole dilated kernel lies
// inside the padded input.
TEST(Window, OutputSizesAreTheCountOfPositions) {
    for (int input = 1; input <= 7; ++input)
        for (int kernel = 1; kernel <= 4; ++kernel)
            for (int stride = 1; stride <= 3; ++stride)
                for (int dilation = 1; dilation <= 3; ++dilation)
                    for (int before = 0; before <= 2; ++before)
                        for (int after = 0; after <= 2; ++after) {
                            std::int64_t positions = 0;
                            for (int start = -before;
                                 start + dilation * (kernel - 1) < input + after; start += stride)
                                ++positions;
                            Window rows, columns;
                            rows.kernel_h = columns.kernel_w = kernel;
                            rows.stride_h = columns.stride_w = stride;
                            rows.dilation_h = columns.dilation_w = dilation;
                            rows.pad_top = columns.pad_left = before;
                            rows.pad_bottom = columns.pad_right = after;
                            ASSERT_EQ(rows.output_h(input), positions);
                            ASSERT_EQ(columns.output_w(input), positions);
                        }
}

TEST(Window, AStrideOfZeroIsAFaultOfTheCaller) {
    Window window;
    window.stride_h = 0;
    EXPECT_THROW(window.output_h(4), InternalError);
}

TEST(ManifestLookup, FindsAndSuggests) {
    Manifest manifest;
    manifest.network = "net";
    manifest.activations["conv1_out"] = {"conv1_out", {1}, "int8", 1.0};
    Layer layer;
    layer.name = "conv1";
    manifest.layers = {layer};
    EXPECT_EQ(&manifest.activation("conv1_out"), &manifest.activations.at("conv1_out"));
    EXPECT_EQ(error_of([&] { manifest.activation("conv1_ot"); }),
              "network 'net': unknown activation 'conv1_ot'; did you mean 'conv1_out'?");
    EXPECT_EQ(manifest.find_layer("conv1"), &manifest.layers[0]);
    EXPECT_EQ(manifest.find_layer("conv2"), nullptr);
}

TEST(ManifestLookup, ExternalInputsAreWhatNobodyProducesInOrderOfUse) {
    Manifest manifest;
    Layer a, b;
    a.inputs = {"z", "k"};
    a.outputs = {"m"};
    b.inputs = {"m", "a", "z"};
    manifest.layers = {a, b};
    EXPECT_EQ(manifest.external_inputs(), (std::vector<std::string>{"z", "k", "a"}));
}

TEST(GemmShapes, FollowTheOperators) {
    Manifest manifest;
    manifest.activations["image"] = {"image", {9, 7, 6}, "int8", 1.0};
    manifest.activations["conv"] = {"conv", {4, 3, 8}, "int16", 1.0};
    manifest.activations["row"] = {"row", {6}, "int8", 1.0};
    manifest.activations["rows"] = {"rows", {5, 6}, "int8", 1.0};
    manifest.activations["heads"] = {"heads", {2, 3, 5, 6}, "int8", 1.0};
    manifest.activations["keys"] = {"keys", {2, 3, 7, 6}, "int8", 1.0};
    manifest.activations["scores"] = {"scores", {2, 3, 5, 7}, "int16", 1.0};
    const auto gemm = [&](Operator op, std::vector<std::string> in, std::string out,
                          Shape weights) {
        Layer layer;
        layer.name = "l";
        layer.op = op;
        layer.inputs = std::move(in);
        layer.outputs = {std::move(out)};
        if (op == Operator::conv2d) layer.groups = 2;
        if (!weights.empty()) layer.weights = Weights{"w", std::move(weights), "int8", {1.0}};
        const GemmShape g = gemm_shape(manifest, layer);
        return std::vector<std::int64_t>{g.count, g.m, g.n, g.k, g.macs()};
    };
    using Numbers = std::vector<std::int64_t>;
    EXPECT_EQ(gemm(Operator::conv2d, {"image"}, "conv", {8, 3, 2, 3}),
              (Numbers{2, 12, 4, 18, 1728}));
    EXPECT_EQ(gemm(Operator::gemm, {"row"}, "conv", {4, 6}), (Numbers{1, 1, 4, 6, 24}));
    EXPECT_EQ(gemm(Operator::gemm, {"rows"}, "conv", {4, 6}), (Numbers{1, 5, 4, 6, 120}));
    EXPECT_EQ(gemm(Operator::matmul, {"heads", "keys"}, "scores", {}), (Numbers{6, 5, 7, 6, 1260}));
    EXPECT_EQ(error_of([&] { gemm(Operator::gelu, {"row"}, "row", {}); }),
              "layer 'l': operator 'gelu' is not a GEMM: must be conv2d, gemm or matmul");
}

TEST(Names, AreShownInOneLineWhateverTheyHold) {
    EXPECT_EQ(shown("conv1"), "'conv1'");
    EXPECT_EQ(shown("a\nb\x7f"), "'a\\x0ab\\x7f'");
    EXPECT_EQ(shown(std::string(200, 'x')), "'" + std::string(120, 'x') + "...'");
    // A cut never splits a character.
    EXPECT_EQ(shown(std::string(119, 'x') + "\xc3\xa4"), "'" + std::string(119, 'x') + "...'");
}

TEST(Names, Utf8IsWellFormedOrNot) {
    for (const char* good : {"", "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                             "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf", "\xe0\xa0\x80"})
        EXPECT_TRUE(is_utf8(good)) << good;
    for (const char* bad :
         {"\x80", "\xc3", "\xc0\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xe2\x82x", "\xff"})
        EXPECT_FALSE(is_utf8(bad)) << bad;
}

}  // namespace
}  // namespace bitloom
