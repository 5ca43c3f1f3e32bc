// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/topology.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "workloads/import/load.h"

namespace bitloom {
namespace {

std::filesystem::path file(const std::string& text) {
    const auto path =
        std::filesystem::path(testing::TempDir()) /
        (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".csv");
    write_file(path, text);
    return path;
}

std::string error_of(const std::string& text) {
    const auto path = file(text);
    try {
        import_topology(path);
    } catch (const Error& error) {
        std::string what = error.what();
        const auto at = what.find(path.string());
        return at == std::string::npos ? what : what.replace(at, path.string().size(), "FILE");
    }
    return "no error";
}

const std::string conv_header =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
    "Strides,\n";

TEST(Topology, ConvolutionsAreIndependentAndAlreadyPadded) {
    const Network network =
        load_network(file(conv_header + "\n"
                                        ",,,,,,,,\n"
                                        "Conv1, 224, 224, 7, 7, 3, 64, 2,\n"
                                        "Conv1, 56, 28, 1, 1, 64, 128, 3, , 7, x #dw\n"));
    EXPECT_TRUE(network.shape_only);
    ASSERT_EQ(network.nodes.size(), 2u);
    EXPECT_EQ(network.shapes.at("Conv1"), (Shape{109, 109, 64}));  // floor((224 - 7) / 2) + 1
    EXPECT_EQ(network.shapes.at("Conv1.2"), (Shape{19, 10, 128}));
    EXPECT_EQ(network.shapes.at("Conv1.2/input"), (Shape{56, 28, 64}));
    EXPECT_EQ(gemm_shape(network, network.nodes[0]).macs(), 109LL * 109 * 64 * 7 * 7 * 3);
    EXPECT_EQ(external_inputs(network), (std::vector<std::string>{"Conv1/input", "Conv1.2/input"}));
    EXPECT_EQ(network.input, "Conv1/input");
    EXPECT_EQ(network.output, "Conv1.2");
}

TEST(Topology, GemmsHaveTheirThreeSizes) {
    const Network network = import_topology(file("Layer,M,N,K,\nQKT,1024,512,64,\n"));
    const GemmShape shape = gemm_shape(network, network.nodes.at(0));
    EXPECT_EQ(shape.m, 1024);
    EXPECT_EQ(shape.n, 512);
    EXPECT_EQ(shape.k, 64);
}

TEST(Topology, TabsAndAByteOrderMarkAreAccepted) {
    std::string text = "\xEF\xBB\xBF" + conv_header + "A, 4, 4, 3, 3, 1, 2, 1\n";
    std::replace(text.begin(), text.end(), ',', '\t');
    EXPECT_EQ(import_topology(file(text)).shapes.at("A"), (Shape{2, 2, 2}));
}

TEST(Topology, ErrorsNameTheLineAndWhatIsAllowed) {
    EXPECT_EQ(error_of(""), "FILE: has no layers");
    EXPECT_EQ(error_of(conv_header), "FILE: has no layers");
    EXPECT_EQ(error_of("a,b\n"),
              "FILE:1: header is not that of a topology: must be 'Layer name, IFMAP Height, IFMAP "
              "Width, Filter "
              "Height, Filter Width, Channels, Num Filter, Strides' or 'Layer, M, N, K'");
    EXPECT_EQ(error_of(conv_header + "A, 4, 4\n"),
              "FILE:2: 3 fields: must be a name and 7 numbers");
    EXPECT_EQ(error_of(conv_header + "A, 4, 4, 3, x, 1, 2, 1\n"),
              "FILE:2: filter width = 'x': must be 1..16777216");
    EXPECT_EQ(error_of(conv_header + "A, 4, 4, 3, 3, 1, 2, 0\n"),
              "FILE:2: strides = '0': must be 1..16777216");
    EXPECT_EQ(error_of(conv_header + "A, 2, 4, 3, 3, 1, 2, 1\n"),
              "FILE:2: layer 'A': filter 3x3 does not fit the input 2x4");
    EXPECT_EQ(error_of("Layer,M,N,K,\nA,16777216,16777216,16777216,\n"),
              "FILE:2: layer 'A' is too large to count");
}

TEST(Topology, EveryPublishedFileIsReadAndHasWork) {
    const std::filesystem::path root = std::filesystem::path(BITLOOM_SHARED_DATA) / "topologies";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "shared data topologies is absent";
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".csv") continue;
        ++files;
        const Network network = import_topology(entry.path());
        for (const Node& node : network.nodes)
            EXPECT_GT(gemm_shape(network, node).macs(), 0) << entry.path();
    }
    EXPECT_EQ(files, 35);
}

}  // namespace
}  // namespace bitloom
