// SPDX-License-Identifier: Apache-2.0
// What cannot be imported is refused by name; broken files give one clear error.
#include <gmock/gmock.h>

#include "naive_onnx.h"

namespace bitloom {
namespace {

using naive::import_error;
using testing::HasSubstr;

TEST(OnnxErrors, UnsupportedOperatorsAreAllNamedWithTheirNodesAndTheSupportedOnes) {
    OnnxBuilder model({-1, 4});
    model.node("LSTM", {"x"}, "a").node("Sigmoid", {"a"}, "b").node("Sigmoid", {"b"}, "c");
    model.node("Tanh", {"c"}, "d").node("Mul", {"d", "c"}, "e").node("Sigmoid", {"e"}, "f");
    model.node("Sigmoid", {"f"}, "y").output("y");
    EXPECT_EQ(import_error(model),
              "unsupported: LSTM x1 (node '/a'), Sigmoid x4 (nodes '/b', '/c', '/f', ...), Tanh of "
              "a computed tensor x1 (node '/d'), Mul of two computed tensors x1 (node '/e'); "
              "supported: Add AveragePool "
              "BatchNormalization Cast Clip Concat Constant ConstantOfShape Conv Div Dropout Erf "
              "Flatten Gather Gelu Gemm GlobalAveragePool GlobalMaxPool Identity "
              "LayerNormalization MatMul MaxPool Mul Neg Pad Pow ReduceMean Relu Reshape Shape "
              "Slice Softmax Split Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze");
}

TEST(OnnxErrors, WhatTheNetworkCannotExpressIsRefusedWithTheReason) {
    const Plain w = random_tensor({2, 2, 3, 3}, "w");
    {
        OnnxBuilder model({-1, 2, 5, 5});
        model.floats("g", random_tensor({2}, "g"));
        model.node("Relu", {"x"}, "r")
            .node("BatchNormalization", {"r", "g", "g", "g", "g"}, "y")
            .output("y");
        EXPECT_EQ(import_error(model),
                  "node '/y' (BatchNormalization): must follow a Conv, Gemm or MatMul with "
                  "constant weights whose "
                  "result nobody else reads");
    }
    {
        OnnxBuilder model({-1, 2, 5, 5});
        model.scalar("two", 2).node("Mul", {"x", "two"}, "m").node("Relu", {"m"}, "y").output("y");
        EXPECT_EQ(import_error(model),
                  "node '/y' (Relu): input 0 was multiplied by 2: a factor must be next to a Conv, "
                  "Gemm or MatMul");
    }
    {
        OnnxBuilder model({-1, 4, 6});
        model.ints("zero", {0}, true).node("Gather", {"x", "zero"}, "y").set("axis", 1).output("y");
        EXPECT_EQ(import_error(model),
                  "node '/y' (Gather): takes part of an axis that is not one of output channels of "
                  "a Gemm, MatMul or "
                  "Conv");
    }
    {
        OnnxBuilder model({4, 2, 5, 5});
        model.node("Relu", {"x"}, "y").output("y");
        EXPECT_EQ(import_error(model), "input 'x': batch of 4: must be 1 or symbolic");
    }
    {
        OnnxBuilder model({-1, 2, -1, 5});
        model.node("Relu", {"x"}, "y").output("y");
        EXPECT_EQ(import_error(model),
                  "input 'x': shape -1x2x-1x5: every axis but the first needs a size of 1 or more");
    }
    {
        OnnxBuilder model({-1, 3, 5, 5});
        model.floats("w", w).node("Conv", {"x", "w"}, "y").output("y");
        EXPECT_EQ(import_error(model),
                  "node '/y' (Conv): network "
                  "'OnnxErrors_WhatTheNetworkCannotExpressIsRefusedWithTheReason': conv2d "
                  "node '/y': weights have shape 2x3x3x2: needs 2x3x3x3");
    }
}

TEST(OnnxErrors, MissingTensorsAreNamed) {
    OnnxBuilder model({-1, 2, 5, 5});
    model.node("Conv", {"x", "w"}, "y").output("y");
    EXPECT_EQ(import_error(model),
              "node '/y' (Conv): input 'w' is neither produced before nor an initializer");
    OnnxBuilder short_of_one({-1, 2, 5, 5});
    short_of_one.node("Conv", {"x"}, "y").output("y");
    EXPECT_EQ(import_error(short_of_one),
              "node '/y' (Conv): has 1 inputs: must be 2..3 in operator set 17");
    OnnxBuilder nothing({-1, 2, 5, 5});
    nothing.node("Relu", {"x"}, "y").output("z");
    EXPECT_EQ(import_error(nothing), "output 'z': is not computed from the input");
}

TEST(OnnxErrors, TensorsMustFitTheirShapes) {
    OnnxBuilder model({-1, 4});
    model.floats("w", {{4, 3}, std::vector<float>(11)}).node("MatMul", {"x", "w"}, "y").output("y");
    EXPECT_EQ(import_error(model),
              "tensor 'w': 44 bytes of data: shape 4x3 needs 12 elements of 4 bytes");
    OnnxBuilder negative({-1, 4});
    negative.floats("w", {{4, -3}, {}}).node("MatMul", {"x", "w"}, "y").output("y");
    EXPECT_EQ(import_error(negative), "tensor 'w': a size of -3: must be 0 or more");
    OnnxBuilder huge({-1, 4});
    huge.floats("w", {{std::int64_t{1} << 40, std::int64_t{1} << 40}, {}})
        .node("MatMul", {"x", "w"}, "y")
        .output("y");
    EXPECT_EQ(import_error(huge), "tensor 'w': shape has more elements than a file can hold");
}

TEST(OnnxErrors, EveryTruncationIsRefusedOrImported) {
    const Plain w = random_tensor({2, 2, 3, 3}, "w");
    OnnxBuilder model({-1, 2, 5, 5});
    model.floats("w", w)
        .node("Conv", {"x", "w"}, "c")
        .node("Flatten", {"c"}, "f")
        .node("Softmax", {"f"}, "y")
        .output("y");
    const std::string whole = model.bytes();
    const auto path = std::filesystem::path(testing::TempDir()) / "truncated.onnx";
    int refused = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_file(path, whole.substr(0, size));
        try {
            import_onnx(path);
        } catch (const Error& error) {
            ++refused;
            EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
            EXPECT_THAT(error.what(), HasSubstr(path.string()));
        }
    }
    EXPECT_EQ(refused, static_cast<int>(whole.size()));
}

// Every byte changed: an Error or a network, never anything else (run under the sanitizers too).
TEST(OnnxErrors, ChangedBytesGiveAnErrorOrANetwork) {
    const Plain w = random_tensor({6, 6}, "w");
    OnnxBuilder model({-1, 4, 6});
    model.floats("w", w).ints("shape", {0, 4, 2, 3}).node("MatMul", {"x", "w"}, "m");
    model.node("Reshape", {"m", "shape"}, "r").node("Transpose", {"r"}, "t");
    model.set("perm", std::vector<std::int64_t>{0, 2, 1, 3})
        .node("Softmax", {"t"}, "y")
        .output("y");
    const std::string whole = model.bytes();
    const auto path = std::filesystem::path(testing::TempDir()) / "changed.onnx";
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const char change : {'\x01', '\x80', '\xff'}) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ change);
            write_file(path, bytes);
            try {
                import_onnx(path);
            } catch (const Error&) {
                ++refused;
            }
        }
    EXPECT_GT(refused, 0);
}

TEST(OnnxErrors, PublishedQuantizedFilesAreRefusedByOperator) {
    const std::filesystem::path path =
        std::filesystem::path(BITLOOM_SHARED_DATA) / "models/qonnx/kwsmlp_w3a3.onnx";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "shared data models/qonnx is absent";
    try {
        import_onnx(path);
        FAIL() << "imported";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("; supported: Add "));
    }
}

}  // namespace
}  // namespace bitloom
