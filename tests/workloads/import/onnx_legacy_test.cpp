// SPDX-License-Identifier: Apache-2.0
// Operator sets below 7: other broadcasting, attributes where inputs came later, training by
// default.
#include "naive_onnx.h"

namespace bitloom {
namespace {

using naive::expect_same;
using naive::import_error;

// y = conv(x) op c, with c's axes those of y from `axis` on.
Plain combined(const Plain& y, const Plain& c, std::size_t axis, const std::string& op) {
    Plain result = y;
    std::int64_t inner = 1;
    for (std::size_t i = axis + c.shape.size(); i < y.shape.size(); ++i) inner *= y.shape[i];
    for (std::size_t i = 0; i < y.values.size(); ++i) {
        const float v = c.values[i / static_cast<std::size_t>(inner) % c.values.size()];
        float& target = result.values[i];
        target = op == "Add"   ? target + v
                 : op == "Sub" ? target - v
                 : op == "Mul" ? target * v
                               : target / v;
    }
    return result;
}

TEST(OnnxLegacy, BroadcastFromAnAxisMeansThatAxis) {
    const Plain x = random_tensor({1, 3, 4, 4}, "x"), w = random_tensor({4, 3, 1, 1}, "w");
    const Plain y = naive::conv(x, w, {}, {});
    // All sizes are 4: read with the rule of operator set 7, [4] would be the last axis.
    const Plain c = random_tensor({4}, "c");
    for (const char* op : {"Add", "Sub", "Mul", "Div"})
        for (const int opset : {1, 6}) {
            SCOPED_TRACE(fmt::format("{} opset {}", op, opset));
            OnnxBuilder model({-1, 3, 4, 4}, opset);
            model.floats("w", w).floats("c", c).node("Conv", {"x", "w"}, "a");
            model.node(op, {"a", "c"}, "y").set("broadcast", 1).set("axis", 1).output("y");
            expect_same(model, x, combined(y, c, 1, op));
        }
}

TEST(OnnxLegacy, BroadcastWithoutAnAxisMeansTheLastOnes) {
    const Plain x = random_tensor({1, 3, 4, 4}, "x"), w = random_tensor({4, 3, 1, 1}, "w");
    const Plain y = naive::conv(x, w, {}, {});
    const Plain c = random_tensor({4, 4}, "c");
    OnnxBuilder model({-1, 3, 4, 4}, 6);
    model.floats("w", w).floats("c", c).node("Conv", {"x", "w"}, "a");
    model.node("Add", {"a", "c"}, "y").set("broadcast", 1).output("y");
    expect_same(model, x, combined(y, c, 2, "Add"));
    OnnxBuilder middle({-1, 3, 4, 4}, 6);
    middle.floats("w", w).floats("c", c).node("Conv", {"x", "w"}, "a");
    middle.node("Add", {"a", "c"}, "y").set("broadcast", 1).set("axis", 1).output("y");
    expect_same(middle, x, combined(y, c, 1, "Add"));
    OnnxBuilder one({-1, 3, 4, 4}, 6);
    one.floats("w", w).floats("c", {{1}, {3}}).node("Conv", {"x", "w"}, "a");
    one.node("Mul", {"a", "c"}, "y").set("broadcast", 1).output("y");
    expect_same(one, x, combined(y, {{1}, {3}}, 1, "Mul"));
}

TEST(OnnxLegacy, WhatDoesNotFitTheOldRuleIsRefused) {
    const auto added = [](const Shape& constant, auto&& change) {
        OnnxBuilder model({-1, 3, 4, 5}, 6);
        model.floats("c", random_tensor(constant, "c")).node("Relu", {"x"}, "r");
        model.node("Add", {"r", "c"}, "y");
        change(model);
        model.output("y");
        return import_error(model);
    };
    EXPECT_EQ(
        added({5}, [](auto&) {}),
        "node '/y' (Add): inputs of shapes 1x3x4x5 and 5: must be equal without broadcast = 1");
    EXPECT_EQ(added({3}, [](auto& m) { m.set("broadcast", 1); }),
              "node '/y' (Add): input of shape 3 is not a part of 1x3x4x5 from axis 3 on");
    EXPECT_EQ(added({4}, [](auto& m) { m.set("broadcast", 1).set("axis", 1); }),
              "node '/y' (Add): input of shape 4 is not a part of 1x3x4x5 from axis 1 on");
    EXPECT_EQ(added({4}, [](auto& m) { m.set("broadcast", 1).set("axis", 9); }),
              "node '/y' (Add): input of shape 4 is not a part of 1x3x4x5 from axis 9 on");
    EXPECT_EQ(added({3}, [](auto& m) { m.set("broadcast", 1).set("axis", 1); }), "no error");
    EXPECT_EQ(added({1, 3, 4, 5}, [](auto& m) { m.set("axis", 1); }),
              "node '/y' (Add): attribute 'axis' = 1 is not supported: must be absent");
}

TEST(OnnxLegacy, TrainingIsRefused) {
    const auto error = [](int opset, const std::string& op, int is_test) {
        OnnxBuilder model({-1, 3, 4, 5}, opset);
        model.floats("w", random_tensor({3, 3, 1, 1}, "w")).floats("g", random_tensor({3}, "g"));
        model.floats("v", {{3}, {1, 2, 3}}).node("Conv", {"x", "w"}, "c");
        if (op == "Dropout")
            model.node(op, {"c"}, "y");
        else
            model.node(op, {"c", "g", "g", "g", "v"}, "y");
        if (is_test >= 0) model.set("is_test", is_test);
        model.output("y");
        return import_error(model);
    };
    for (const char* op : {"Dropout", "BatchNormalization"}) {
        EXPECT_EQ(error(6, op, 1), "no error");
        EXPECT_EQ(error(7, op, -1), "no error");
        for (const int is_test : {0, -1})
            EXPECT_EQ(error(6, op, is_test),
                      fmt::format("node '/y' ({}): is_test = 0 is training, which is not "
                                  "supported: must be 1",
                                  op));
    }
    OnnxBuilder spatial({-1, 3, 4, 5}, 7);
    spatial.floats("w", random_tensor({3, 3, 1, 1}, "w")).floats("g", {{3}, {1, 2, 3}});
    spatial.node("Conv", {"x", "w"}, "c")
        .node("BatchNormalization", {"c", "g", "g", "g", "g"}, "y");
    spatial.set("spatial", 0).output("y");
    EXPECT_EQ(
        import_error(spatial),
        "node '/y' (BatchNormalization): attribute 'spatial' = 0 is not supported: must be 1");
    OnnxBuilder dropout({-1, 6}, 12);
    dropout.ints("t", {1}, true).scalar("r", 0.5F).node("Dropout", {"x", "r", "t"}, "d");
    dropout.node("Relu", {"d"}, "y").output("y");
    EXPECT_EQ(import_error(dropout),
              "node '/d' (Dropout): training_mode = 1 is not supported: must be 0");
}

TEST(OnnxLegacy, AttributesOfOldOperatorSetsAreRead) {
    const Plain x = random_tensor({1, 2, 6}, "x");
    OnnxBuilder model({-1, 2, 6}, 6);
    model.node("Clip", {"x"}, "c").set("min", -0.5F);
    model.ints("s", {1, 12}).node("Reshape", {"c", "s"}, "y").output("y");
    expect_same(model, x,
                naive::reshape(naive::map(x, [](double v) { return std::max(v, -0.5); }), {1, 12}));
    const Network network = import_onnx(model.write());
    EXPECT_TRUE(std::isinf(network.nodes.at(0).clamp_high));  // no bound, not the largest float

    OnnxBuilder first({-1, 2, 6}, 1);
    first.node("Reshape", {"x"}, "y").set("shape", std::vector<std::int64_t>{1, 12}).output("y");
    EXPECT_EQ(import_error(first),
              "output 'y': is not computed from the input");  // no node is left
    OnnxBuilder concat({-1, 2, 6}, 1);                        // axis 1 by default
    concat.node("Relu", {"x"}, "r").node("Concat", {"r", "r"}, "y").output("y");
    Plain twice{{1, 4, 6}, {}};
    for (int i = 0; i < 2; ++i)
        for (const float v : x.values) twice.values.push_back(std::max(v, 0.0F));
    expect_same(concat, x, twice);
}

TEST(OnnxLegacy, GemmAddsAVectorOnlyWithBroadcast) {
    for (const int broadcast : {0, 1}) {
        const Plain x = random_tensor({1, 4}, "x"), w = random_tensor({4, 3}, "w"),
                    c = random_tensor({3}, "c");
        OnnxBuilder model({-1, 4}, 6);
        model.floats("w", w).floats("c", c).node("Gemm", {"x", "w", "c"}, "y");
        model.set("broadcast", broadcast).output("y");
        if (broadcast == 1)
            expect_same(model, x, naive::plus(naive::matmul(x, w), c));
        else
            EXPECT_EQ(import_error(model),
                      "node '/y' (Gemm): C has shape 3: must be 1x3 without broadcast = 1");
    }
}

}  // namespace
}  // namespace bitloom
