// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/trace.h"

#include <gtest/gtest.h>

#include <unistd.h>
#include <bit>
#include <cstdlib>

#include <cmath>
#include <filesystem>
#include <limits>
#include <set>

#include "models/base/output_file.h"
#include "models/base/random.h"
#include "tests/workloads/trace/error_text.h"
#include "tests/workloads/trace/sample_traces.h"
#include "workloads/trace/manifest_json.h"
#include "workloads/trace/safetensors.h"

namespace bitloom {
namespace {

using test::error_of;
using test::random_parts;
using test::small_parts;
using test::TraceParts;

constexpr std::uint64_t seeds = 200;

Trace trace_of(const TraceParts& parts) {
    return Trace::from_memory(parts.manifest, parts.tensors);
}

std::filesystem::path temporary(const std::string& name) {
    return std::filesystem::path(testing::TempDir()) /
           fmt::format("bitloom_trace_{}_{}", ::getpid(), name);
}

std::string text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(TraceFile, RandomTracesAreEqualAfterWriteAndOpen) {
    const std::filesystem::path path = temporary("roundtrip.safetensors");
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const TraceParts parts = random_parts(seed);
        const Trace made = trace_of(parts);
        made.write(path);
        const Trace opened = Trace::open(path);
        ASSERT_EQ(opened.manifest(), parts.manifest) << "seed " << seed;
        ASSERT_EQ(opened, made) << "seed " << seed;
        ASSERT_EQ(opened.tensor_names().size(), parts.tensors.size()) << "seed " << seed;
        for (const auto& [name, tensor] : parts.tensors) {
            const TensorView view = opened.tensor(name);
            ASSERT_EQ(view.type, tensor.type) << "seed " << seed << ' ' << name;
            ASSERT_EQ(view.shape, tensor.shape) << "seed " << seed << ' ' << name;
            ASSERT_TRUE(std::equal(view.bytes.begin(), view.bytes.end(), tensor.bytes.begin(),
                                   tensor.bytes.end()))
                << "seed " << seed << ' ' << name;
        }
    }
    std::filesystem::remove(path);
}

TEST(TraceFile, RandomTracesCoverEveryOperator) {
    std::set<Operator> seen;
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        for (const Layer& layer : random_parts(seed).manifest.layers) seen.insert(layer.op);
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(Operator::concat) + 1);
}

TEST(TraceFile, EqualTracesGiveEqualBytes) {
    const std::filesystem::path path = temporary("bytes.safetensors");
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const Trace made = trace_of(random_parts(seed));
        const std::vector<std::byte> bytes = made.to_bytes();
        const Trace again = Trace::from_bytes(bytes, "again");
        ASSERT_EQ(again.to_bytes(), bytes) << "seed " << seed;
        made.write(path);
        ASSERT_EQ(read_file(path), text_of(bytes)) << "seed " << seed;
    }
    std::filesystem::remove(path);
}

TEST(TraceFile, DataBeginAlignedToACacheLine) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const std::vector<std::byte> bytes = trace_of(random_parts(seed)).to_bytes();
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.data(), sizeof length);
        ASSERT_EQ((length + 8) % 64, 0u) << "seed " << seed;
    }
}

// Files of other writers may have their data at any address.
TEST(TraceFile, MisalignedFilesAreReadAllTheSame) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const Trace made = trace_of(random_parts(seed));
        const std::string aligned = text_of(made.to_bytes());
        for (std::size_t spaces = 1; spaces < 8; ++spaces) {
            std::uint64_t length = 0;
            std::memcpy(&length, aligned.data(), sizeof length);
            const std::string data = aligned.substr(8 + length);
            std::string moved = aligned.substr(0, 8 + length) + std::string(spaces, ' ') + data;
            length += spaces;
            std::memcpy(moved.data(), &length, sizeof length);
            const auto bytes = std::as_bytes(std::span(moved));
            const Trace read = Trace::from_bytes({bytes.begin(), bytes.end()}, "moved");
            ASSERT_EQ(read, made) << "seed " << seed << ", " << spaces << " spaces";
            for (const std::string& name : read.tensor_names()) {
                const TensorView view = read.tensor(name);
                const auto address = reinterpret_cast<std::uintptr_t>(view.bytes.data());
                ASSERT_EQ(address % static_cast<std::uintptr_t>(byte_size(view.type)), 0u) << name;
            }
        }
    }
}

TEST(TraceFile, EveryDifferenceOfContentIsSeen) {
    const Trace trace = trace_of(small_parts());
    EXPECT_EQ(trace, trace_of(small_parts()));
    TraceParts parts = small_parts();
    parts.manifest.scheme = "other";
    EXPECT_NE(trace, trace_of(parts));
    parts = small_parts();
    parts.tensors["fc.b"].bytes[0] ^= std::byte{1};
    EXPECT_NE(trace, trace_of(parts));
    parts = small_parts();
    parts.tensors.erase("reference/fc");
    EXPECT_NE(trace, trace_of(parts));
    EXPECT_NE(trace, Trace());
}

TEST(TraceQueries, CopiesShareContentAndOutliveTheOriginal) {
    Trace copy;
    {
        const Trace original = trace_of(small_parts());
        copy = original;
        EXPECT_EQ(copy.tensor("fc.b").bytes.data(), original.tensor("fc.b").bytes.data());
    }
    EXPECT_EQ(copy.tensor("fc.b").as<std::int32_t>()[1], 1000000);
}

TEST(TraceQueries, ReplacingTheFileDoesNotDisturbAnOpenTrace) {
    const std::filesystem::path path = temporary("replaced.safetensors");
    trace_of(small_parts()).write(path);
    const Trace open = Trace::open(path);
    trace_of(random_parts(1)).write(path);
    EXPECT_EQ(open, trace_of(small_parts()));
    EXPECT_EQ(Trace::open(path), trace_of(random_parts(1)));
    std::filesystem::remove(path);
}

TEST(TraceQueries, WeightCodesAreUnpackedInOrder) {
    const Trace trace = trace_of(small_parts());
    EXPECT_EQ(trace.weight_codes(trace.manifest().layers[0]),
              (std::vector<std::uint8_t>{1, 2, 3, 15, 14, 0}));
    EXPECT_FALSE(trace.shape_only());
}

TEST(TraceQueries, AbsentThingsAreNamed) {
    const Trace trace = trace_of(small_parts());
    EXPECT_TRUE(trace.has_tensor("fc.w"));
    EXPECT_FALSE(trace.has_tensor("fc.v"));
    EXPECT_EQ(error_of([&] { trace.tensor("fc.c"); }),
              "trace 'small': tensor 'fc.c' does not exist; did you mean 'fc.b'?");
    EXPECT_EQ(error_of([&] { trace.weight_codes(Layer{}); }), "layer '': has no weights");
    EXPECT_THROW(trace.tensor("fc.b").as<float>(), InternalError);
    EXPECT_THROW(Trace().manifest(), InternalError);
}

TEST(TraceQueries, TensorsAreMadeOfTheirOwnTypeAndCount) {
    const std::vector<float> values = {1.0f, 2.0f};
    EXPECT_THROW(Tensor::of<float>(TensorType::i32, {2}, values), InternalError);
    EXPECT_THROW(Tensor::of<float>(TensorType::f32, {3}, values), InternalError);
    EXPECT_EQ(Tensor::of<float>(TensorType::f32, {2}, values).bytes.size(), 8u);
}

TEST(ShapeOnlyTrace, NeedsNoTensorAndKeepsItsOperands) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        TraceParts parts = random_parts(seed);
        bool any = false;
        for (Layer& layer : parts.manifest.layers)
            if (layer.weights) {
                layer.weights->tensor.clear();
                any = true;
            }
        if (!any) continue;
        const Trace trace = Trace::from_memory(parts.manifest, {});
        ASSERT_TRUE(trace.shape_only()) << "seed " << seed;
        const Trace read = Trace::from_bytes(trace.to_bytes(), "shapes");
        ASSERT_EQ(read, trace) << "seed " << seed;
        for (const Layer& layer : read.manifest().layers) {
            if (!layer.weights) continue;
            ASSERT_EQ(error_of([&] { read.weight_codes(layer); }),
                      fmt::format("layer '{}': weights have no tensor: the trace is shape-only",
                                  layer.name));
        }
    }
}

// Doubles of every magnitude come back bit by bit; infinities only where a clamp may have them.
TEST(ManifestText, NumbersRoundTrip) {
    const RandomStream random(3, "doubles");
    std::vector<double> values = {std::numeric_limits<double>::denorm_min(),
                                  std::numeric_limits<double>::min(),
                                  std::numeric_limits<double>::max(),
                                  0.1,
                                  1.0 / 3.0,
                                  9007199254740993.0,
                                  1.0 + std::numeric_limits<double>::epsilon()};
    for (std::uint64_t i = 0; values.size() < 5000; ++i) {
        const auto value = std::bit_cast<double>(random.bits(i) >> 1);
        if (std::isfinite(value) && value > 0.0) values.push_back(value);
    }
    TraceParts parts = small_parts();
    parts.manifest.layers[0].weights->shape[0] = static_cast<std::int64_t>(values.size());
    parts.manifest.layers[0].weights->scales = values;
    const std::string text = manifest_to_json(parts.manifest);
    EXPECT_EQ(manifest_from_json(text, "m"), parts.manifest);
    EXPECT_EQ(text.find("inf"), std::string::npos);
    EXPECT_EQ(text.find("null"), std::string::npos);
}

TEST(ManifestText, IsTheDocumentedText) {
    EXPECT_EQ(
        manifest_to_json(small_parts().manifest),
        R"({"activations":{"x":{"format":"int8","scale":0.5,"shape":[3]},)"
        R"("y":{"format":"int16","scale":0.25,"shape":[2]}},"float_accuracy":1.0,"input":"x",)"
        R"("layers":[{"bias":"fc.b","clamp_low":0.0,"inputs":["x"],"name":"fc","op":"gemm",)"
        R"("outputs":["y"],"weights":{"format":"flint4","scales":[0.125,0.1],"shape":[2,3],)"
        R"("tensor":"fc.w"},"working_scale":0.25}],"network":"small","output":"y",)"
        R"("provenance":{"source":"test"},"scheme":"ant4","version":1})");
}

// A reader that knows nothing but the documented layout sees the same values.
TEST(TraceFile, IsReadByAnIndependentReader) {
    const std::filesystem::path path = temporary("python.safetensors");
    trace_of(small_parts()).write(path);
    const std::filesystem::path found = temporary("python.txt");
    const std::string command =
        fmt::format("'{}' '{}/tests/workloads/trace/read_safetensors.py' '{}' > '{}'",
                    BITLOOM_PYTHON, BITLOOM_SOURCE_DIR, path.string(), found.string());
    ASSERT_EQ(std::system(command.c_str()), 0);
    EXPECT_EQ(read_file(found),
              "manifest network small\n"
              "manifest layer fc gemm x -> y flint4 [2, 3] scales [0.125, 0.1]\n"
              "dataset/inputs F32 [2, 3] 0.5 -1.0 2.0 0.0 1.5 3.0\n"
              "dataset/labels I64 [2] 1 0\n"
              "fc.b I32 [2] -7 1000000\n"
              "fc.w U8 [3] 33 243 14\n"
              "fc.w codes 1 2 3 15 14 0\n"
              "reference/fc F32 [2] 0.0 1.25\n"
              "reference/input F32 [3] 0.5 -1.0 2.0\n");
    std::filesystem::remove(path);
    std::filesystem::remove(found);
}

TEST(TraceFile, MetadataOfOtherProgramsAreIgnored) {
    const Trace trace = trace_of(small_parts());
    SafetensorsContent content;
    for (const std::string& name : trace.tensor_names()) content.tensors[name] = trace.tensor(name);
    content.metadata = {{"bitloom", manifest_to_json(trace.manifest())}, {"format", "pt"}};
    std::vector<std::byte> bytes;
    write_safetensors(content, "other", [&](std::span<const std::byte> part) {
        bytes.insert(bytes.end(), part.begin(), part.end());
    });
    EXPECT_EQ(Trace::from_bytes(bytes, "other"), trace);
}

}  // namespace
}  // namespace bitloom
