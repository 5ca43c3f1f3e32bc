// SPDX-License-Identifier: Apache-2.0
// Each ONNX operator, imported and run, equals plain loops over ONNX's own layout.
#include <gmock/gmock.h>

#include "naive_onnx.h"

namespace bitloom {
namespace {

using naive::expect_same;

std::size_t count(const Network& network, Operator op) {
    return static_cast<std::size_t>(std::count_if(network.nodes.begin(), network.nodes.end(),
                                                  [&](const Node& n) { return n.op == op; }));
}

TEST(OnnxConv, EveryCombinationOfGroupsStridesPadsAndDilationsMatches) {
    for (const std::int64_t groups : {1, 2, 4})
        for (const std::int64_t stride : {1, 2})
            for (const std::int64_t pad : {0, 1})
                for (const std::int64_t dilation : {1, 2}) {
                    SCOPED_TRACE(fmt::format("groups {} stride {} pad {} dilation {}", groups,
                                             stride, pad, dilation));
                    const Plain x = random_tensor({1, 4, 7, 9}, "x"),
                                w = random_tensor({8, 4 / groups, 3, 2}, "w"),
                                b = random_tensor({8}, "b");
                    OnnxBuilder model({-1, 4, 7, 9});
                    model.floats("w", w).floats("b", b).node("Conv", {"x", "w", "b"}, "y");
                    model.set("group", groups).set("strides", std::vector<std::int64_t>{stride, 1});
                    model.set("pads", std::vector<std::int64_t>{pad, 0, 2 * pad, 1});
                    model.set("dilations", std::vector<std::int64_t>{dilation, 1}).output("y");
                    expect_same(
                        model, x,
                        naive::conv(x, w, b, {groups, stride, 1, dilation, 1, pad, 0, 2 * pad, 1}));
                }
}

// SAME_UPPER puts the odd padding below, SAME_LOWER above.
TEST(OnnxConv, AutomaticPaddingMatches) {
    const Plain x = random_tensor({1, 2, 6, 6}, "x"), w = random_tensor({3, 2, 3, 3}, "w");
    for (const bool upper : {true, false}) {
        OnnxBuilder model({1, 2, 6, 6});
        model.floats("w", w)
            .node("Conv", {"x", "w"}, "y")
            .set("strides", std::vector<std::int64_t>{2, 2});
        model.set("auto_pad", upper ? "SAME_UPPER" : "SAME_LOWER").output("y");
        const std::int64_t before = upper ? 0 : 1;
        expect_same(model, x,
                    naive::conv(x, w, {}, {1, 2, 2, 1, 1, before, before, 1 - before, 1 - before}));
    }
}

TEST(OnnxGemm, TransposedScaledAndBiasedMatches) {
    const Plain x = random_tensor({1, 6}, "x"), w = random_tensor({6, 5}, "w"),
                c = random_tensor({5}, "c");
    for (const bool transposed : {false, true}) {
        OnnxBuilder model({-1, 6});
        model.floats("w", transposed ? naive::transpose(w, {1, 0}) : w).floats("c", c);
        model.node("Gemm", {"x", "w", "c"}, "y").set("transB", transposed ? 1 : 0);
        model.set("alpha", 0.5F).set("beta", 2.0F).output("y");
        const Plain product = naive::map(naive::matmul(x, w), [](double v) { return v * 0.5; });
        expect_same(model, x, naive::plus(product, naive::map(c, [](double v) { return v * 2; })));
    }
}

// The weights' columns follow the image's layout: no data is moved.
TEST(OnnxGemm, AfterFlattenOfAnImagePermutesItsWeightsInstead) {
    const Plain x = random_tensor({1, 3, 4, 5}, "x"), w = random_tensor({60, 7}, "w");
    OnnxBuilder model({-1, 3, 4, 5});
    model.floats("w", w).node("Flatten", {"x"}, "f").node("Gemm", {"f", "w"}, "y").output("y");
    expect_same(model, x, naive::matmul(naive::reshape(x, {1, 60}), w));
    EXPECT_EQ(count(import_onnx(model.write()), Operator::transpose), 0u);
}

TEST(OnnxMatMul, WithFollowingAddIsOneGemmWithBias) {
    const Plain x = random_tensor({1, 4, 6}, "x"), w = random_tensor({6, 5}, "w"),
                b = random_tensor({5}, "b");
    OnnxBuilder model({-1, 4, 6});
    model.floats("w", w)
        .floats("b", b)
        .node("MatMul", {"x", "w"}, "m")
        .node("Add", {"b", "m"}, "y")
        .output("y");
    expect_same(model, x, naive::plus(naive::matmul(x, w), b));
    const Network network = import_onnx(model.write());
    ASSERT_EQ(network.nodes.size(), 1u);
    EXPECT_FALSE(network.nodes[0].bias.empty());
}

// The product is read twice: only one of its readers adds the constant.
TEST(OnnxMatMul, KeepsAnAddApartWhenSomebodyElseReadsTheProduct) {
    const Plain x = random_tensor({1, 4, 6}, "x"), w = random_tensor({6, 5}, "w"),
                b = random_tensor({5}, "b");
    OnnxBuilder model({-1, 4, 6});
    model.floats("w", w)
        .floats("b", b)
        .node("MatMul", {"x", "w"}, "m")
        .node("Add", {"m", "b"}, "a");
    model.node("Add", {"a", "m"}, "y").output("y");
    const Plain m = naive::matmul(x, w);
    expect_same(model, x, naive::plus(naive::plus(m, b), m));
}

// The projections, heads and both products of one attention layer, as PyTorch exports them.
TEST(OnnxAttention, ExportedFormMatches) {
    const std::int64_t tokens = 5, heads = 2, size = 3, width = 6;
    const Plain x = random_tensor({1, tokens, width}, "x");
    OnnxBuilder model({-1, tokens, width});
    model.ints("split", {-1, tokens, heads, size})
        .ints("join", {0, 0, width})
        .scalar("scale", 0.5F);
    Plain parts[3];
    const char* names[3] = {"q", "k", "v"};
    for (int i = 0; i < 3; ++i) {
        const std::string n = names[i];
        const Plain w = random_tensor({width, width}, "w" + n);
        model.floats("w" + n, w).node("MatMul", {"x", "w" + n}, n);
        model.node("Reshape", {n, "split"}, n + ".r").node("Transpose", {n + ".r"}, n + ".t");
        model.set("perm", n == "k" ? std::vector<std::int64_t>{0, 2, 3, 1}
                                   : std::vector<std::int64_t>{0, 2, 1, 3});
        parts[i] = naive::transpose(
            naive::reshape(naive::matmul(x, w), {1, tokens, heads, size}),
            n == "k" ? std::vector<std::size_t>{0, 2, 3, 1} : std::vector<std::size_t>{0, 2, 1, 3});
    }
    model.node("MatMul", {"q.t", "k.t"}, "s")
        .node("Mul", {"s", "scale"}, "ss")
        .node("Softmax", {"ss"}, "p");
    model.node("MatMul", {"p", "v.t"}, "o").node("Transpose", {"o"}, "o.t");
    model.set("perm", std::vector<std::int64_t>{0, 2, 1, 3})
        .node("Reshape", {"o.t", "join"}, "y")
        .output("y");
    const Plain scores =
        naive::map(naive::matmul(parts[0], parts[1]), [](double v) { return v * 0.5; });
    const Plain mixed = naive::matmul(naive::softmax(scores), parts[2]);
    expect_same(model, x,
                naive::reshape(naive::transpose(mixed, {0, 2, 1, 3}), {1, tokens, width}));
    const Network network = import_onnx(model.write());
    const auto scores_node =
        std::find_if(network.nodes.begin(), network.nodes.end(),
                     [](const Node& node) { return node.op == Operator::matmul; });
    ASSERT_NE(scores_node, network.nodes.end());
    EXPECT_TRUE(
        scores_node->transpose_b);  // the keys need no transpose but that of heads and tokens
    EXPECT_EQ(scores_node->multiplier, 0.5);
    EXPECT_EQ(count(network, Operator::transpose), 4u);
}

// Queries and keys each scaled before their product: both factors end in its multiplier.
TEST(OnnxMul, ScalarsBeforeAProductOfActivationsAreItsMultiplier) {
    const Plain x = random_tensor({1, 4, 4}, "x");
    OnnxBuilder model({-1, 4, 4});
    model.scalar("a", 0.5F).scalar("b", 4.0F).node("Relu", {"x"}, "r").node("Mul", {"r", "a"}, "q");
    model.node("Div", {"r", "b"}, "k").node("MatMul", {"q", "k"}, "y").output("y");
    const Plain r = naive::map(x, [](double v) { return std::max(v, 0.0); });
    expect_same(model, x, naive::map(naive::matmul(r, r), [](double v) { return v * 0.125; }));
}

// One projection makes q, k and v; its parts are layers with those rows of the weights.
TEST(OnnxSplit, OfAProjectionGivesOneLayerPerPart) {
    const Plain x = random_tensor({1, 4, 3}, "x"), w = random_tensor({3, 6}, "w"),
                b = random_tensor({6}, "b");
    OnnxBuilder model({-1, 4, 3});
    model.floats("w", w)
        .floats("b", b)
        .node("MatMul", {"x", "w"}, "m")
        .node("Add", {"m", "b"}, "a");
    model.ints("sizes", {2, 4}).ints("start", {1}).ints("end", {3}).ints("axis", {2});
    model.node("Split", {"a", "sizes"}, "p").set("axis", -1).more_output("q");
    model.node("Slice", {"q", "start", "end", "axis"}, "s")
        .node("Add", {"p", "s"}, "y")
        .output("y");
    const Plain all = naive::plus(naive::matmul(x, w), b);
    Plain expected{{1, 4, 2}, {}};
    for (std::size_t t = 0; t < 4; ++t)
        for (std::size_t f = 0; f < 2; ++f)
            expected.values.push_back(all.values[t * 6 + f] + all.values[t * 6 + 3 + f]);
    expect_same(model, x, expected);
}

// Reshape to [T,3,F], then one index of the new axis, as in "unbind".
TEST(OnnxGather, OfOneProjectionMatches) {
    const Plain x = random_tensor({1, 4, 3}, "x"), w = random_tensor({3, 6}, "w");
    OnnxBuilder model({-1, 4, 3});
    model.floats("w", w)
        .node("MatMul", {"x", "w"}, "m")
        .ints("shape", {0, 0, 3, 2})
        .ints("one", {1}, true);
    model.node("Reshape", {"m", "shape"}, "r").node("Transpose", {"r"}, "t");
    model.set("perm", std::vector<std::int64_t>{2, 0, 1, 3})
        .node("Gather", {"t", "one"}, "y")
        .output("y");
    const Plain all = naive::matmul(x, w);
    Plain expected{{1, 4, 2}, {}};
    for (std::size_t t = 0; t < 4; ++t)
        for (std::size_t f = 0; f < 2; ++f) expected.values.push_back(all.values[t * 6 + 2 + f]);
    expect_same(model, x, expected);
}

TEST(OnnxBatchNormalization, IsFoldedIntoTheConvolutionBeforeIt) {
    const Plain x = random_tensor({1, 2, 5, 5}, "x"), w = random_tensor({3, 2, 3, 3}, "w");
    Plain p[4] = {random_tensor({3}, "s"), random_tensor({3}, "o"), random_tensor({3}, "m"),
                  random_tensor({3}, "v")};
    for (float& v : p[3].values) v = v * v + 0.5F;
    OnnxBuilder model({-1, 2, 5, 5});
    model.floats("w", w).floats("s", p[0]).floats("o", p[1]).floats("m", p[2]).floats("v", p[3]);
    model.node("Conv", {"x", "w"}, "c").node("BatchNormalization", {"c", "s", "o", "m", "v"}, "y");
    model.set("epsilon", 0.01F).output("y");
    Plain expected = naive::conv(x, w, {}, {});
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
        const std::size_t c = i / 9;
        expected.values[i] =
            static_cast<float>((expected.values[i] - p[2].values[c]) /
                                   std::sqrt(p[3].values[c] + 0.01) * p[0].values[c] +
                               p[1].values[c]);
    }
    expect_same(model, x, expected);
    EXPECT_EQ(import_onnx(model.write()).nodes.size(), 1u);
}

TEST(OnnxElementwise, ClipReluAndAddedConstantsMatch) {
    const Plain x = random_tensor({1, 3, 2, 4}, "x"), c = random_tensor({3, 2, 4}, "c");
    OnnxBuilder model({-1, 3, 2, 4});
    model.floats("c", c).scalar("low", -0.25F).scalar("high", 0.5F);
    model.node("Clip", {"x", "low", "high"}, "a")
        .node("Add", {"a", "c"}, "b")
        .node("Relu", {"b"}, "d");
    model.node("Add", {"d", "x"}, "y").output("y");
    const Plain a =
        naive::plus(naive::map(x, [](double v) { return std::clamp(v, -0.25, 0.5); }), c);
    expect_same(model, x, naive::plus(naive::map(a, [](double v) { return std::max(v, 0.0); }), x));
}

// A window of the pooled image, in ONNX's layout.
Plain pooled(const Plain& x, std::int64_t kernel, std::int64_t stride, std::int64_t pad,
             std::int64_t rows, std::int64_t columns, bool maximum) {
    Plain y{{1, x.shape[1], rows, columns}, {}};
    for (std::int64_t c = 0; c < x.shape[1]; ++c)
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j) {
                double sum = 0, largest = -1e30;
                int n = 0;
                for (std::int64_t p = i * stride - pad; p < i * stride - pad + kernel; ++p)
                    for (std::int64_t q = j * stride - pad; q < j * stride - pad + kernel; ++q) {
                        if (p < 0 || q < 0 || p >= x.shape[2] || q >= x.shape[3]) continue;
                        const double v = x.values[naive::at(x.shape, {0, c, p, q})];
                        sum += v;
                        largest = std::max(largest, v);
                        ++n;
                    }
                y.values.push_back(static_cast<float>(maximum ? largest : sum / n));
            }
    return y;
}

TEST(OnnxPool, WindowsPaddingAndCeilModeMatch) {
    const Plain x = random_tensor({1, 2, 6, 8}, "x");
    for (const bool maximum : {true, false})
        for (const bool ceil : {false, true}) {
            SCOPED_TRACE(fmt::format("maximum {} ceil {}", maximum, ceil));
            OnnxBuilder model({-1, 2, 6, 8});
            model.node(maximum ? "MaxPool" : "AveragePool", {"x"}, "y");
            model.set("kernel_shape", std::vector<std::int64_t>{3, 3})
                .set("strides", std::vector<std::int64_t>{2, 2});
            model.set("pads", std::vector<std::int64_t>{1, 1, 1, 1})
                .set("ceil_mode", ceil ? 1 : 0)
                .output("y");
            expect_same(model, x, pooled(x, 3, 2, 1, ceil ? 4 : 3, ceil ? 5 : 4, maximum));
        }
}

// The mean over the whole window, zeros around the image included.
TEST(OnnxPool, PaddingThatCountsIsPartOfTheMean) {
    const Plain x = random_tensor({1, 2, 6, 8}, "x");
    Plain depthwise{{2, 1, 3, 3}, std::vector<float>(18, 1.0F / 9)};
    const Plain expected = naive::conv(
        x, depthwise, {},
        {.groups = 2, .stride_h = 2, .stride_w = 2, .top = 1, .left = 1, .bottom = 1, .right = 1});
    OnnxBuilder counts({-1, 2, 6, 8});
    counts.node("AveragePool", {"x"}, "y").set("kernel_shape", std::vector<std::int64_t>{3, 3});
    counts.set("strides", std::vector<std::int64_t>{2, 2}).set("count_include_pad", 1);
    counts.set("pads", std::vector<std::int64_t>{1, 1, 1, 1}).output("y");
    expect_same(counts, x, expected);
    OnnxBuilder padded({-1, 2, 6, 8});  // by a Pad, which is data for the pool
    padded.ints("p", {0, 0, 1, 1, 0, 0, 1, 1}).node("Pad", {"x", "p"}, "q");
    padded.node("AveragePool", {"q"}, "y").set("kernel_shape", std::vector<std::int64_t>{3, 3});
    padded.set("strides", std::vector<std::int64_t>{2, 2}).output("y");
    expect_same(padded, x, expected);
}

TEST(OnnxPad, BeforeAConvolutionIsItsPadding) {
    const Plain x = random_tensor({1, 2, 5, 6}, "x"), w = random_tensor({3, 2, 3, 3}, "w");
    const Plain expected =
        naive::conv(x, w, {}, {.stride_h = 2, .top = 1, .left = 3, .bottom = 3, .right = 0});
    for (const int opset : {2, 11, 18}) {
        OnnxBuilder model({-1, 2, 5, 6}, opset);
        model.floats("w", w);
        if (opset == 2)
            model.node("Pad", {"x"}, "q")
                .set("pads", std::vector<std::int64_t>{0, 0, 1, 2, 0, 0, 2, 0});
        else if (opset == 11)
            model.ints("p", {0, 0, 1, 2, 0, 0, 2, 0}).node("Pad", {"x", "p"}, "q");
        else
            model.ints("p", {2, 1, 0, 2})
                .ints("axes", {3, -2})
                .node("Pad", {"x", "p", "", "axes"}, "q");
        model.node("Conv", {"q", "w"}, "y").set("strides", std::vector<std::int64_t>{2, 1});
        model.set("pads", std::vector<std::int64_t>{0, 1, 1, 0}).output("y");
        SCOPED_TRACE(opset);
        expect_same(model, x, expected);
    }
    // Padded once, read twice and by something else: one Pad, two convolutions.
    OnnxBuilder odd({-1, 2, 5, 6});
    odd.ints("p", {0, 0, 1, 1, 0, 0, 1, 1}).node("Pad", {"x", "p"}, "q").node("Relu", {"q"}, "y");
    odd.output("y");
    EXPECT_EQ(naive::import_error(odd),
              "node '/y' (Relu): input 0 was padded: a Pad must be right before a Conv or "
              "AveragePool");
    OnnxBuilder channels({-1, 2, 5, 6});
    channels.ints("p", {0, 1, 0, 0, 0, 0, 0, 0}).node("Pad", {"x", "p"}, "y").output("y");
    EXPECT_EQ(naive::import_error(channels),
              "node '/y' (Pad): pads axis 1 of 4: must be height or width of an image");
    OnnxBuilder reflected({-1, 2, 5, 6});
    reflected.ints("p", {0, 0, 1, 1, 0, 0, 1, 1}).node("Pad", {"x", "p"}, "y");
    reflected.set("mode", "reflect").output("y");
    EXPECT_EQ(naive::import_error(reflected),
              "node '/y' (Pad): mode = 'reflect' is not supported: must be constant");
}

TEST(OnnxSum, OfAnyNumberIsAChainOfAdditions) {
    const Plain x = random_tensor({1, 4, 6}, "x"), c = random_tensor({1, 4, 6}, "c");
    for (const int count : {1, 2, 3, 4}) {
        OnnxBuilder model({-1, 4, 6});
        model.floats("c", c).node("Relu", {"x"}, "r");
        const std::vector<std::string> all{"x", "r", "c", "x"};
        model.node("Sum", {all.begin(), all.begin() + count}, "s")
            .node("Relu", {"s"}, "y")
            .output("y");
        Plain expected = x;
        for (std::size_t i = 0; i < x.values.size(); ++i) {
            const float terms[] = {x.values[i], std::max(0.0F, x.values[i]), c.values[i],
                                   x.values[i]};
            float sum = 0;
            for (int t = 0; t < count; ++t) sum += terms[t];
            expected.values[i] = std::max(0.0F, sum);
        }
        SCOPED_TRACE(count);
        expect_same(model, x, expected);
    }
}

// With ceil_mode a window that would start behind the input is not made: 4 rows, stride 3,
// kernel 1.
TEST(OnnxPool, CeilModeMakesNoWindowInThePadding) {
    const Plain x = random_tensor({1, 1, 4, 4}, "x");
    OnnxBuilder model({-1, 1, 4, 4});
    model.node("MaxPool", {"x"}, "y").set("kernel_shape", std::vector<std::int64_t>{2, 2});
    model.set("strides", std::vector<std::int64_t>{4, 4}).set("ceil_mode", 1).output("y");
    expect_same(model, x, pooled(x, 2, 4, 0, 1, 1, true));
}

TEST(OnnxReduceMean, OverSpaceAndOverTokensIsAnAveragePool) {
    const Plain image = random_tensor({1, 3, 2, 4}, "x");
    OnnxBuilder space({-1, 3, 2, 4});
    space.node("ReduceMean", {"x"}, "y")
        .set("axes", std::vector<std::int64_t>{2, 3})
        .set("keepdims", 0)
        .output("y");
    Plain expected{{1, 3}, std::vector<float>(3, 0.0F)};
    for (std::size_t i = 0; i < 24; ++i) expected.values[i / 8] += image.values[i] / 8;
    expect_same(space, image, expected);

    const Plain sequence = random_tensor({1, 4, 3}, "x");
    OnnxBuilder tokens({-1, 4, 3}, 18);
    tokens.ints("axes", {1}).node("ReduceMean", {"x", "axes"}, "y").set("keepdims", 0).output("y");
    Plain mean{{1, 3}, std::vector<float>(3, 0.0F)};
    for (std::size_t i = 0; i < 12; ++i) mean.values[i % 3] += sequence.values[i] / 4;
    expect_same(tokens, sequence, mean);
}

TEST(OnnxGlobalAveragePool, ThenFlattenAndGemmMatches) {
    const Plain x = random_tensor({1, 3, 2, 4}, "x"), w = random_tensor({3, 2}, "w");
    OnnxBuilder model({-1, 3, 2, 4});
    model.floats("w", w).node("GlobalAveragePool", {"x"}, "p").node("Flatten", {"p"}, "f");
    model.node("Gemm", {"f", "w"}, "y").output("y");
    Plain mean{{1, 3}, std::vector<float>(3, 0.0F)};
    for (std::size_t i = 0; i < 24; ++i) mean.values[i / 8] += x.values[i] / 8;
    expect_same(model, x, naive::matmul(mean, w));
}

// An image becomes tokens: only a reshape, as [H,W,C] has the tokens' order already.
TEST(OnnxTokens, ReshapeAndTransposeOfAnImageMoveNothing) {
    const Plain x = random_tensor({1, 3, 2, 4}, "x"), p = random_tensor({1, 8, 3}, "p");
    OnnxBuilder model({-1, 3, 2, 4});
    model.ints("shape", {0, 3, -1})
        .floats("p", p)
        .node("Reshape", {"x", "shape"}, "r")
        .node("Transpose", {"r"}, "t");
    model.set("perm", std::vector<std::int64_t>{0, 2, 1}).node("Add", {"t", "p"}, "y").output("y");
    expect_same(model, x,
                naive::plus(naive::transpose(naive::reshape(x, {1, 3, 8}), {0, 2, 1}), p));
    EXPECT_EQ(count(import_onnx(model.write()), Operator::transpose), 0u);
}

// Channels as tokens: data must move, and the meaning stays exact.
TEST(OnnxTokens, ReshapeOfAnImageAcrossItsChannelsMatches) {
    const Plain x = random_tensor({1, 4, 3, 2}, "x"), w = random_tensor({8, 2}, "w");
    OnnxBuilder model({-1, 4, 3, 2});
    model.ints("shape", {1, 3, 8})
        .floats("w", w)
        .node("Relu", {"x"}, "a")
        .node("Reshape", {"a", "shape"}, "r");
    model.node("MatMul", {"r", "w"}, "y").output("y");
    const Plain a = naive::map(x, [](double v) { return std::max(v, 0.0); });
    expect_same(model, x, naive::matmul(naive::reshape(a, {1, 3, 8}), w));
}

TEST(OnnxConcat, OfChannelsMatches) {
    const Plain x = random_tensor({1, 2, 3, 4}, "x");
    OnnxBuilder model({-1, 2, 3, 4});
    model.node("Relu", {"x"}, "r").node("Concat", {"r", "x"}, "y").set("axis", 1).output("y");
    Plain expected{{1, 4, 3, 4}, naive::map(x, [](double v) { return std::max(v, 0.0); }).values};
    expected.values.insert(expected.values.end(), x.values.begin(), x.values.end());
    expect_same(model, x, expected);
}

// The arithmetic of shapes that PyTorch exports for x.view(x.size(0), -1).
TEST(OnnxShapes, AreComputedWhileImporting) {
    const Plain x = random_tensor({1, 2, 3, 4}, "x"), w = random_tensor({24, 2}, "w");
    OnnxBuilder model({-1, 2, 3, 4});
    model.floats("w", w).ints("zero", {0}, true).ints("axes", {0}).ints("rest", {-1});
    model.node("Shape", {"x"}, "s")
        .node("Gather", {"s", "zero"}, "g")
        .node("Unsqueeze", {"g", "axes"}, "u");
    model.node("Concat", {"u", "rest"}, "n").set("axis", 0).node("Reshape", {"x", "n"}, "r");
    model.node("MatMul", {"r", "w"}, "y").output("y");
    expect_same(model, x, naive::matmul(naive::reshape(x, {1, 24}), w));
}

TEST(OnnxLayerNormalization, OperatorAndExportedFormMatch) {
    const Plain x = random_tensor({1, 4, 6}, "x"), g = random_tensor({6}, "g"),
                b = random_tensor({6}, "b");
    const Plain expected = naive::layer_norm(x, g, b, 0.01);
    OnnxBuilder one({-1, 4, 6});
    one.floats("g", g)
        .floats("b", b)
        .node("LayerNormalization", {"x", "g", "b"}, "y")
        .set("epsilon", 0.01F)
        .output("y");
    expect_same(one, x, expected);

    OnnxBuilder many({-1, 4, 6});
    many.floats("g", g).floats("b", b).scalar("two", 2).scalar("e", 0.01F).node("Relu", {"x"}, "r");
    many.node("ReduceMean", {"r"}, "m")
        .set("axes", std::vector<std::int64_t>{-1})
        .node("Sub", {"r", "m"}, "d");
    many.node("Pow", {"d", "two"}, "p")
        .node("ReduceMean", {"p"}, "v")
        .set("axes", std::vector<std::int64_t>{-1});
    many.node("Add", {"v", "e"}, "ve").node("Sqrt", {"ve"}, "s").node("Div", {"d", "s"}, "n");
    many.node("Mul", {"n", "g"}, "ng").node("Add", {"ng", "b"}, "y").output("y");
    expect_same(
        many, x,
        naive::layer_norm(naive::map(x, [](double v) { return std::max(v, 0.0); }), g, b, 0.01));
    EXPECT_EQ(import_onnx(many.write()).nodes.size(), 2u);
}

double exact_gelu(double v) {
    return 0.5 * v * (1 + std::erf(v / std::sqrt(2.0)));
}

TEST(OnnxGelu, EveryExportedFormIsRecognised) {
    const Plain x = random_tensor({1, 4, 6}, "x");
    const auto with_constants = [&] {
        OnnxBuilder model({-1, 4, 6}, 20);
        model.scalar("root2", 1.4142135F).scalar("one", 1).scalar("half", 0.5F).scalar("three", 3);
        model.scalar("c", 0.044715F).scalar("s", 0.7978846F);
        return model;
    };
    OnnxBuilder last = with_constants();  // (x * (1 + erf)) * 0.5
    last.node("Div", {"x", "root2"}, "a").node("Erf", {"a"}, "e").node("Add", {"e", "one"}, "p");
    last.node("Mul", {"x", "p"}, "m").node("Mul", {"m", "half"}, "y").output("y");
    OnnxBuilder first = with_constants();  // (0.5 * x) * (1 + erf)
    first.node("Div", {"x", "root2"}, "a").node("Erf", {"a"}, "e").node("Add", {"one", "e"}, "p");
    first.node("Mul", {"x", "half"}, "m").node("Mul", {"m", "p"}, "y").output("y");
    OnnxBuilder named = with_constants();
    named.node("Gelu", {"x"}, "y").output("y");
    for (OnnxBuilder* model : {&last, &first, &named}) {
        expect_same(*model, x, naive::map(x, exact_gelu));
        EXPECT_EQ(import_onnx(model->write()).nodes.size(), 1u);
    }

    OnnxBuilder tanh = with_constants();
    tanh.node("Pow", {"x", "three"}, "x3")
        .node("Mul", {"x3", "c"}, "cx")
        .node("Add", {"x", "cx"}, "i");
    tanh.node("Mul", {"i", "s"}, "si").node("Tanh", {"si"}, "t").node("Add", {"t", "one"}, "p");
    tanh.node("Mul", {"x", "half"}, "m").node("Mul", {"m", "p"}, "y").output("y");
    expect_same(tanh, x, naive::map(x, [](double v) {
                    return 0.5 * v * (1 + std::tanh(0.7978845608 * (v + 0.044715 * v * v * v)));
                }));
    const Network network = import_onnx(tanh.write());
    ASSERT_EQ(network.nodes.size(), 1u);
    EXPECT_TRUE(network.nodes[0].tanh_form);
}

// Near misses stay what they are, and are refused: nothing is taken for a GELU that is not one.
TEST(OnnxGelu, ADifferentFactorIsNotTakenForOne) {
    OnnxBuilder model({-1, 4, 6});
    model.scalar("root2", 1.5F).scalar("one", 1).scalar("half", 0.5F);
    model.node("Div", {"x", "root2"}, "a").node("Erf", {"a"}, "e").node("Add", {"e", "one"}, "p");
    model.node("Mul", {"x", "p"}, "m").node("Mul", {"m", "half"}, "y").output("y");
    EXPECT_THAT(naive::import_error(model),
                testing::StartsWith("unsupported: Erf of a computed tensor x1 (node '/e'), Mul of "
                                    "two computed tensors x1 (node '/m'); supported: Add "));
}

TEST(OnnxSoftmax, OverAnotherAxisThanTheStoredLastMatches) {
    const Plain x = random_tensor({1, 3, 2, 4}, "x");
    OnnxBuilder model({-1, 3, 2, 4});
    model.node("Softmax", {"x"}, "y").set("axis", -1).output("y");
    expect_same(model, x, naive::softmax(x));
}

}  // namespace
}  // namespace bitloom
