// SPDX-License-Identifier: Apache-2.0
// Files that are not traces: each gives one clear line, and none does harm.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <limits>

#include "models/base/output_file.h"
#include "models/base/random.h"
#include "models/numeric/format.h"
#include "tests/workloads/trace/error_text.h"
#include "tests/workloads/trace/sample_traces.h"
#include "workloads/trace/manifest_json.h"

namespace bitloom {
namespace {

using test::error_of;
using test::small_parts;
using test::TraceParts;

Trace read(const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    return Trace::from_bytes({bytes.begin(), bytes.end()}, "f");
}

std::string file_of(const std::string& header, const std::string& data = "") {
    const std::uint64_t length = header.size();
    return std::string(reinterpret_cast<const char*>(&length), sizeof length) + header + data;
}

std::string error_of_file(const std::string& header, const std::string& data = "") {
    return error_of([&] { read(file_of(header, data)); });
}

std::string good_file() {
    const TraceParts parts = small_parts();
    const std::vector<std::byte> bytes =
        Trace::from_memory(parts.manifest, parts.tensors).to_bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(HostileFile, EveryTruncationIsAnError) {
    const std::string good = good_file();
    EXPECT_NO_THROW(read(good));
    for (std::size_t size = 0; size < good.size(); ++size) {
        const std::string text = error_of([&] { read(good.substr(0, size)); });
        ASSERT_TRUE(text.starts_with("f: ")) << size << " bytes: " << text;
        ASSERT_EQ(text.find('\n'), std::string::npos) << text;
    }
    EXPECT_EQ(error_of([&] { read(good + '\0'); }),
              "f: bytes 71..71 of the data belong to no tensor: data have no holes");
}

// Whatever a changed byte does, the outcome is an Error of one line or a valid trace.
TEST(HostileFile, EveryChangedByteIsAnErrorOrAValidTrace) {
    const std::string good = good_file();
    for (std::size_t i = 0; i < good.size(); ++i)
        for (const int change : {1, 2, 16, 128, 255}) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ change);
            const std::string text = error_of([&] {
                const Trace trace = read(bad);
                ASSERT_TRUE(problems(trace.manifest()).empty());
            });
            ASSERT_TRUE(text == "no error" || text.starts_with("f: ")) << i << ": " << text;
            ASSERT_EQ(text.find('\n'), std::string::npos) << text;
        }
}

// The same within the manifest, where a change of a raw byte seldom reaches.
TEST(HostileFile, EveryRemovedPieceOfAManifestIsAnErrorOrAValidManifest) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const std::string good = manifest_to_json(test::random_parts(seed).manifest);
        const RandomStream random(seed, "cuts");
        for (std::uint64_t i = 0; i < 400; ++i) {
            std::string bad = good;
            bad.erase(random.below(2 * i, good.size()), 1 + random.below(2 * i + 1, 12));
            const std::string text = error_of([&] { problems(manifest_from_json(bad, "f")); });
            ASSERT_TRUE(text == "no error" || text.starts_with("f: ")) << seed << ": " << text;
        }
    }
}

TEST(HostileFile, HeadersThatAreNone) {
    EXPECT_EQ(error_of([] { read("1234567"); }),
              "f: has 7 bytes: a safetensors file begins with 8 bytes of header length");
    EXPECT_EQ(error_of([] { read(std::string(8, '\xff') + "{}"); }),
              "f: header length 18446744073709551615: at most 100000000");
    EXPECT_EQ(error_of([] { read(std::string("\x03\0\0\0\0\0\0\0{}", 10)); }),
              "f: header length 3: only 2 bytes follow");
    EXPECT_EQ(error_of_file(""), "f: header: must begin with '{'");
    EXPECT_EQ(error_of_file(" {}"), "f: header: must begin with '{'");
    EXPECT_EQ(error_of_file("{\"a\":}"), "f: header: not valid JSON near byte 6");
    EXPECT_EQ(error_of_file("{}x"), "f: header: not valid JSON near byte 3");
    EXPECT_EQ(error_of_file(std::string("{}\0", 3)), "f: header: not valid JSON near byte 3");
    EXPECT_EQ(error_of_file("{\"\xff\":1}"), "f: header: not valid JSON near byte 3");
    EXPECT_EQ(error_of_file("{\"a\":1e999}"),
              "f: header: not valid JSON: a number is beyond 1.8e308");
    EXPECT_EQ(error_of_file("{\"a\":" + std::string(100000, '[')),
              "f: header: nested deeper than 32 levels");
    EXPECT_EQ(error_of_file(R"({"a":{},"a":{}})"),
              "f: header: key 'a' is repeated: keys are unique");
    EXPECT_EQ(error_of_file(R"({"a":{"b":1,"\u0062":1}})"),
              "f: header: key 'b' is repeated: keys are unique");
    EXPECT_EQ(error_of_file("{}"),
              "f: header: __metadata__: key 'bitloom' is missing: this is not a trace");
    EXPECT_EQ(error_of_file(R"({"__metadata__":{"bitloom":1}})"),
              "f: header: __metadata__.bitloom: is 1: must be a string");
}

TEST(HostileFile, TensorsThatAreNone) {
    const auto tensor = [](const std::string& type, const std::string& shape,
                           const std::string& offsets) {
        return error_of_file(fmt::format(R"({{"a":{{"dtype":"{}","shape":{},"data_offsets":{}}}}})",
                                         type, shape, offsets),
                             "12345678");
    };
    EXPECT_EQ(tensor("F16", "[4]", "[0,8]"),
              "f: tensor 'a': dtype 'F16': must be one of U8 I8 I16 I32 I64 F32 F64");
    EXPECT_EQ(tensor("U8", "[-8]", "[0,8]"), "f: tensor 'a': shape -8: axis 0 = -8: must be >= 0");
    EXPECT_EQ(tensor("U8", "[8.0]", "[0,8]"),
              "f: header: a.shape[0]: is 8.0: must be an integer of 64 bits");
    EXPECT_EQ(tensor("U8", "[18446744073709551615]", "[0,8]"),
              "f: header: a.shape[0]: is 18446744073709551615: must be an integer of 64 bits");
    EXPECT_EQ(tensor("U8", "8", "[0,8]"), "f: header: a.shape: is 8: must be an array");
    EXPECT_EQ(tensor("U8", "[4294967296,4294967296]", "[0,8]"),
              "f: tensor 'a': shape 4294967296x4294967296: too many elements: at most "
              "9223372036854775807");
    EXPECT_EQ(tensor("I64", "[2305843009213693953]", "[0,8]"),
              "f: tensor 'a': data_offsets [0, 8]: I64 of shape 2305843009213693953 needs another "
              "number of bytes than 8");
    EXPECT_EQ(
        tensor("I32", "[3]", "[0,8]"),
        "f: tensor 'a': data_offsets [0, 8]: I32 of shape 3 needs another number of bytes than 8");
    EXPECT_EQ(tensor("U8", "[1,1,1,1,1,1,1,1,8]", "[0,8]"),
              "f: tensor 'a': shape has 9 axes: at most 8");
    EXPECT_EQ(
        tensor("U8", "[9]", "[0,9]"),
        "f: tensor 'a': data_offsets [0, 9]: must be 0 <= begin <= end <= 8, the size of the data");
    EXPECT_EQ(
        tensor("U8", "[2]", "[4,2]"),
        "f: tensor 'a': data_offsets [4, 2]: must be 0 <= begin <= end <= 8, the size of the data");
    EXPECT_EQ(
        tensor("U8", "[2]", "[-2,0]"),
        "f: tensor 'a': data_offsets [-2, 0]: must be 0 <= begin <= end <= 8, the size of the "
        "data");
    EXPECT_EQ(tensor("U8", "[8]", "[0]"), "f: tensor 'a': data_offsets has 1 numbers: must be 2");
    EXPECT_EQ(tensor("U8", "[7]", "[1,8]"),
              "f: bytes 0..0 of the data belong to no tensor: data have no holes");
    EXPECT_EQ(tensor("U8", "[7]", "[0,7]"),
              "f: bytes 7..7 of the data belong to no tensor: data have no holes");
    EXPECT_EQ(error_of_file(R"({"a":{"dtype":"U8","shape":[8]}})", "12345678"),
              "f: header: a: key 'data_offsets' is missing");
    EXPECT_EQ(error_of_file(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"ofset":1}})",
                            "12345678"),
              "f: header: a: unknown key 'ofset'");
    EXPECT_EQ(error_of_file(R"({"a":[]})"), "f: header: a: is of type array: must be an object");
    EXPECT_EQ(error_of_file(R"({"a\nb":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})"),
              "f: tensor 'a\\x0ab': its name has a control character");
    EXPECT_EQ(error_of_file(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                            R"("b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}})",
                            "12345678"),
              "f: tensor 'b': begins at byte 3 of the data: tensor 'a' ends at 4");
}

// The small trace with one change, in memory and as a file: the same complaint.
class ChangedTrace : public testing::Test {
protected:
    TraceParts parts_ = small_parts();

    std::string error() const {
        return error_of([this] { Trace::from_memory(parts_.manifest, parts_.tensors); });
    }
    template <class T>
    void put(const std::string& name, Shape shape, const std::vector<T>& values) {
        parts_.tensors[name] = Tensor::of<T>(tensor_type<T>(), std::move(shape), values);
    }
};

TEST_F(ChangedTrace, WeightsMustBePackedExactly) {
    parts_.tensors.erase("fc.w");
    EXPECT_EQ(error(),
              "trace 'small': tensor 'fc.w': is missing: layer 'fc' names it as its weights");
    put<std::int8_t>("fc.w", {3}, {1, 2, 3});
    EXPECT_EQ(error(), "trace 'small': tensor 'fc.w': has type I8: must be U8");
    put<std::uint8_t>("fc.w", {4}, {1, 2, 3, 4});
    EXPECT_EQ(error(), "trace 'small': tensor 'fc.w': has shape 4: must be 3 (6 codes of 4 bits)");
    put<std::uint8_t>("fc.w", {1, 3}, {1, 2, 3});
    EXPECT_EQ(error(),
              "trace 'small': tensor 'fc.w': has shape 1x3: must be 3 (6 codes of 4 bits)");
}

TEST_F(ChangedTrace, UnusedBitsOfWeightsMustBeZero) {
    parts_.manifest.layers[0].weights->format = "int3";
    put<std::uint8_t>("fc.w", {3}, {0xff, 0xff, 0x03});
    EXPECT_EQ(error(), "no error");
    for (int bit = 2; bit < 8; ++bit) {
        const auto last = static_cast<std::uint8_t>(0x03 | 1 << bit);
        put<std::uint8_t>("fc.w", {3}, {0xff, 0xff, last});
        EXPECT_EQ(error(),
                  fmt::format("trace 'small': tensor 'fc.w': the last byte is 0x{:02x}: must "
                              "be 0 beyond its lowest 2 bits",
                              last));
    }
}

TEST_F(ChangedTrace, WeightsMustBeFiniteNumbers) {
    parts_.manifest.layers[0].weights->format = "e4m3";
    put<std::uint8_t>("fc.w", {6}, {0, 1, 0x7e, 0xfe, 5, 6});
    EXPECT_EQ(error(), "no error");
    put<std::uint8_t>("fc.w", {6}, {0, 1, 0x7e, 0xfe, 0x7f, 6});
    EXPECT_EQ(
        error(),
        "trace 'small': tensor 'fc.w': element 4 has code 127: is NaN in format 'e4m3': must be "
        "finite");
    parts_.manifest.layers[0].weights->format = "e5m2";
    put<std::uint8_t>("fc.w", {6}, {0, 1, 0x7c, 0xfe, 0x7f, 6});
    EXPECT_EQ(error(),
              "trace 'small': tensor 'fc.w': element 2 has code 124: is infinite in format 'e5m2': "
              "must be finite");
}

TEST_F(ChangedTrace, OtherTensorsMustHaveTheirTypeAndShape) {
    put<std::int32_t>("fc.b", {3}, {1, 2, 3});
    EXPECT_EQ(error(), "trace 'small': tensor 'fc.b': has shape 3: must be 2");
    put<std::int16_t>("fc.b", {2}, {1, 2});
    EXPECT_EQ(error(), "trace 'small': tensor 'fc.b': has type I16: must be I32");
    parts_.tensors.erase("fc.b");
    EXPECT_EQ(error(), "trace 'small': tensor 'fc.b': is missing: layer 'fc' names it as its bias");
    parts_ = small_parts();
    put<float>("reference/fc", {3}, {1.0f, 2.0f, 3.0f});
    EXPECT_EQ(error(), "trace 'small': tensor 'reference/fc': has shape 3: must be 2");
    put<double>("reference/fc", {2}, {1.0, 2.0});
    EXPECT_EQ(error(), "trace 'small': tensor 'reference/fc': has type F64: must be F32");
    put<float>("reference/fc", {2}, {1.0f, std::numeric_limits<float>::infinity()});
    EXPECT_EQ(error(), "trace 'small': tensor 'reference/fc': element 1 = inf: must be finite");
    parts_ = small_parts();
    put<float>("reference/fd", {2}, {1.0f, 2.0f});
    EXPECT_EQ(
        error(),
        "trace 'small': tensor 'reference/fd': is not one that the manifest names or a trace may "
        "have; did you mean 'reference/fc'?");
}

TEST_F(ChangedTrace, DataSetsMustFitTheInput) {
    put<float>("dataset/inputs", {3, 2}, {1, 2, 3, 4, 5, 6});
    EXPECT_EQ(error(),
              "trace 'small': tensor 'dataset/inputs': has shape 3x2: must be Nx3 with N >= 1");
    put<double>("dataset/inputs", {1, 3}, {1, 2, 3});
    EXPECT_EQ(error(), "trace 'small': tensor 'dataset/inputs': has type F64: must be F32 or I8");
    put<float>("dataset/inputs", {0, 3}, {});
    EXPECT_EQ(error(),
              "trace 'small': tensor 'dataset/inputs': has shape 0x3: must be Nx3 with N >= 1");
    put<float>("dataset/inputs", {1, 3}, {1, 2, 3});
    EXPECT_EQ(error(), "trace 'small': tensor 'dataset/labels': has shape 2: must be 1");
    put<std::int64_t>("dataset/labels", {1}, {-3});
    EXPECT_EQ(error(), "trace 'small': tensor 'dataset/labels': element 0 = -3: must be >= 0");
    parts_.tensors.erase("dataset/inputs");
    EXPECT_EQ(error(),
              "trace 'small': tensor 'dataset/labels': stands alone: dataset/inputs is missing");
}

TEST_F(ChangedTrace, ByteInputsNeedTheirScale) {
    put<std::int8_t>("dataset/inputs", {2, 3}, {1, 2, 3, 4, 5, 6});
    EXPECT_EQ(
        error(),
        "trace 'small': manifest: provenance: key 'dataset_scale' is missing: dataset/inputs is "
        "I8");
    for (const char* wrong : {"", "x", "0", "-1", "inf", "nan", "1 ", "1e999"}) {
        parts_.manifest.provenance["dataset_scale"] = wrong;
        EXPECT_EQ(
            error(),
            fmt::format("trace 'small': manifest: provenance: dataset_scale = '{}': must be a "
                        "number > 0",
                        wrong));
    }
    parts_.manifest.provenance["dataset_scale"] = "0.0078125";
    EXPECT_EQ(error(), "no error");
}

TEST_F(ChangedTrace, LayerNormsNeedTheirTensors) {
    Manifest& m = parts_.manifest;
    m.activations["z"] = {"z", {2}, "int16", 1.0};
    Layer norm;
    norm.name = "ln";
    norm.op = Operator::layer_norm;
    norm.inputs = {"y"};
    norm.outputs = {"z"};
    m.layers.push_back(norm);
    EXPECT_EQ(
        error(),
        "trace 'small': layer 'ln': gamma and beta have no tensor: only a shape-only trace may "
        "leave them out");
    m.layers[1].gamma = "g";
    m.layers[1].beta = "b";
    put<float>("g", {2}, {1.0f, 1.0f});
    EXPECT_EQ(error(), "trace 'small': tensor 'b': is missing: layer 'ln' names it as its beta");
    put<float>("b", {1}, {1.0f});
    EXPECT_EQ(error(), "trace 'small': tensor 'b': has shape 1: must be 2");
    put<float>("b", {2}, {1.0f, 0.0f});
    EXPECT_EQ(error(), "no error");
}

TEST_F(ChangedTrace, TensorsInMemoryMustBeAsLargeAsTheirShape) {
    parts_.tensors["fc.b"].bytes.pop_back();
    EXPECT_EQ(error(), "trace 'small': tensor 'fc.b': has 7 bytes: not those of I32 of shape 2");
    parts_.tensors["fc.b"].shape = {-1};
    EXPECT_EQ(error(), "trace 'small': tensor 'fc.b': shape -1: axis 0 = -1: must be >= 0");
}

TEST_F(ChangedTrace, ManyProblemsAreToldInOneLine) {
    for (int i = 0; i < 10; ++i) {
        const std::string name = fmt::format("a{}", i);
        parts_.manifest.activations[name] = {name, {1}, "int8", 1.0};
    }
    EXPECT_EQ(error(),
              "trace 'small': manifest: activation 'a0': no layer reads or produces it; "
              "activation 'a1': no layer reads or produces it; "
              "activation 'a2': no layer reads or produces it; "
              "activation 'a3': no layer reads or produces it; "
              "activation 'a4': no layer reads or produces it; "
              "activation 'a5': no layer reads or produces it; "
              "activation 'a6': no layer reads or produces it; "
              "activation 'a7': no layer reads or produces it; and 2 more");
}

TEST(ManifestErrors, NameTheirPlace) {
    const std::string good = manifest_to_json(small_parts().manifest);
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        return error_of([&] { manifest_from_json(text, "f"); });
    };
    EXPECT_EQ(changed("\"version\":1", "\"version\":2"),
              "f: version: is 2: this program reads version 1");
    EXPECT_EQ(changed("\"version\":1", "\"version\":\"1\""),
              "f: version: is of type string: must be an integer of 64 bits");
    EXPECT_EQ(changed("\"network\":\"small\",", ""), "f: key 'network' is missing");
    EXPECT_EQ(changed("\"scheme\"", "\"schema\""), "f: key 'scheme' is missing");
    EXPECT_EQ(changed("\"float_accuracy\"", "\"flat_accuracy\""),
              "f: unknown key 'flat_accuracy'; did you mean 'float_accuracy'?");
    EXPECT_EQ(changed("\"bias\"", "\"bais\""),
              "f: layers[0]: unknown key 'bais'; did you mean 'bias'?");
    EXPECT_EQ(changed("\"inputs\":[\"x\"]", "\"inputs\":[\"x\",7]"),
              "f: layers[0].inputs[1]: is 7: must be a string");
    EXPECT_EQ(
        changed("\"op\":\"gemm\"", "\"op\":\"gem\""),
        "f: layers[0].op: unknown operator 'gem'; did you mean 'gemm'?; known: conv2d gemm matmul "
        "add clamp max_pool average_pool softmax layer_norm gelu transpose reshape concat");
    EXPECT_EQ(changed("\"op\":\"gemm\"", "\"op\":\"conv2d\""),
              "f: layers[0]: key 'window' is missing");
    EXPECT_EQ(changed("\"scales\":[0.125,", "\"scales\":[null,"),
              "f: layers[0].weights.scales[0]: is of type null: must be a number");
    EXPECT_EQ(changed("\"clamp_low\":0.0", "\"clamp_low\":true"),
              "f: layers[0].clamp_low: is true: must be a number");
    EXPECT_EQ(changed("\"clamp_low\":0.0", "\"clamp_low\":null"), "no error");
    EXPECT_EQ(changed("\"clamp_low\":0.0", "\"clamp_low\":Infinity").substr(0, 27),
              "f: not valid JSON near byte");
    EXPECT_EQ(changed("\"clamp_low\":0.0", "\"groups\":1.0"),
              "f: layers[0].groups: is 1.0: must be an integer of 64 bits");
    EXPECT_EQ(changed("{\"source\":\"test\"}", "{\"source\":1}"),
              "f: provenance.source: is 1: must be a string");
    EXPECT_EQ(changed("\"x\":{\"format\":\"int8\"", "\"x\":{\"fromat\":\"int8\""),
              "f: activations.x: key 'format' is missing");
    EXPECT_EQ(error_of([] { manifest_from_json("[]", "f"); }),
              "f: is of type array: must be an object");
}

TEST(UnreadableFile, GivesTheReason) {
    const std::string folder = testing::TempDir();
    const std::string absent = folder + "/bitloom_absent.safetensors";
    EXPECT_EQ(error_of([&] { Trace::open(absent); }),
              absent + ": cannot open: No such file or directory");
    EXPECT_EQ(error_of([&] { Trace::open(folder); }),
              folder + ": cannot open: must be a regular file");
    const std::string pipe = fmt::format("{}/bitloom_pipe_{}", folder, ::getpid());
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(error_of([&] { Trace::open(pipe); }), pipe + ": cannot open: must be a regular file");
    std::filesystem::remove(pipe);
    const std::string empty = fmt::format("{}/bitloom_empty_{}", folder, ::getpid());
    write_file(empty, "");
    EXPECT_EQ(error_of([&] { Trace::open(empty); }),
              empty + ": has 0 bytes: a safetensors file begins with 8 bytes of header length");
    std::filesystem::remove(empty);
}

}  // namespace
}  // namespace bitloom
