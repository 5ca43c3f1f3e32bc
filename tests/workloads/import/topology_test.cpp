// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/topology.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>

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

TEST(Topology, ConvolutionsAreIndependentAndEndWithAWholeWindow) {
    const Network network =
        load_network(file(conv_header + "\n"
                                        ",,,,,,,,\n"
                                        "Conv1, 224, 224, 7, 7, 3, 64, 2,\n"
                                        "Conv1, 56, 28, 1, 1, 64, 128, 3, , 7, x #dw\n"));
    EXPECT_TRUE(network.shape_only);
    ASSERT_EQ(network.nodes.size(), 2u);
    EXPECT_EQ(network.shapes.at("Conv1"), (Shape{110, 110, 64}));  // ceil((224 - 7) / 2) + 1
    EXPECT_EQ(network.shapes.at("Conv1.2"), (Shape{20, 10, 128}));
    EXPECT_EQ(network.shapes.at("Conv1.2/input"), (Shape{56, 28, 64}));
    EXPECT_EQ(gemm_shape(network, network.nodes[0]).macs(), 110LL * 110 * 64 * 7 * 7 * 3);
    EXPECT_EQ(external_inputs(network), (std::vector<std::string>{"Conv1/input", "Conv1.2/input"}));
    EXPECT_EQ(network.input, "Conv1/input");
    EXPECT_EQ(network.output, "Conv1.2");
}

TEST(Topology, ColumnsCountByPlaceWhateverTheHeaderCallsThem) {
    const std::string row = "A, 9, 8, 3, 2, 4, 8, 1,\n";
    const std::int64_t macs = 7LL * 7 * 3 * 2 * 4 * 8;
    for (const std::string header :
         {"Layer name,Ifmap height,ifmap width,filter height,filter width,channels,num filters,"
          "strides,\n",
          "Layer, IFMAP Width, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
          "Strides,\n",
          "Layer name,\xC2\xA0IFMAP Height,\xC2\xA0IFMAP Width,\xC2\xA0"
          "Filter Height,Filter "
          "Width,Channel,Num Filter,Strides,\n",
          "a,b,c,d,e,f,g,h\n"}) {
        const Network network = import_topology(file(header + row));
        EXPECT_EQ(gemm_shape(network, network.nodes.at(0)).macs(), macs) << header;
    }
    const Network blank =
        import_topology(file(conv_header + "\xC2\xA0"
                                           "A\xC2\xA0,\xC2\xA0 9,8\xC2\xA0,3,2,4,8,1\r\n"));
    EXPECT_EQ(gemm_shape(blank, blank.nodes.at(0)).macs(), macs);
    EXPECT_EQ(blank.nodes.at(0).name, "A");
}

TEST(Topology, LinesWithANameAloneAreSections) {
    const Network network = import_topology(
        file(conv_header + "BlockA,\nA, 8, 8, 3, 3, 4, 8, 1,\nBlockB,,,,,,,,\nB,8,8,3,3,4,8,1\n"));
    EXPECT_EQ(network.nodes.size(), 2u);
}

// SCALE-Sim makes one layer of one channel out of every channel, each with all its filters.
TEST(Topology, NamesWithDpAreDepthwise) {
    const Network network =
        import_topology(file(conv_header + "ConvDP1, 10, 10, 3, 3, 16, 2, 1,\nDw, 10, 10, 3, 3, "
                                           "16, 2, 1,\n"));
    EXPECT_EQ(network.nodes.at(0).groups, 16);
    const GemmShape depthwise = gemm_shape(network, network.nodes.at(0));
    EXPECT_EQ(depthwise.count, 16);
    EXPECT_EQ(depthwise.m, 64);
    EXPECT_EQ(depthwise.n, 2);
    EXPECT_EQ(depthwise.k, 9);
    EXPECT_EQ(gemm_shape(network, network.nodes.at(1)).macs(), 64LL * 2 * 16 * 9);
    const Network gemm = import_topology(file("Layer,M,N,K,\nDP,2,3,4,\n"));
    EXPECT_EQ(gemm_shape(gemm, gemm.nodes.at(0)).macs(), 24);  // only among convolutions
}

TEST(Topology, BatchSparsityAndTheSecondStrideAreUsedOrRefused) {
    const Network gemm = import_topology(
        file("Layer,M,N,K,Sparsity,Batch Size,\nA,4,5,6,4:4,3,\nB,4,5,6,,,\nC,4,5,6,1:1\n"));
    EXPECT_EQ(gemm_shape(gemm, gemm.nodes.at(0)).m, 12);
    EXPECT_EQ(gemm_shape(gemm, gemm.nodes.at(1)).m, 4);
    const std::string batch = conv_header.substr(0, conv_header.size() - 1) + "Batch Size,\n";
    const Network conv = import_topology(file(batch + "A, 8, 8, 1, 3, 4, 8, 1, 16,\n"));
    EXPECT_EQ(gemm_shape(conv, conv.nodes.at(0)).macs(), 16LL * 8 * 6 * 8 * 4 * 3);
    EXPECT_EQ(
        error_of(batch + "C1, 8, 8, 3, 3, 4, 8, 1, 16,\n"),
        "FILE:2: layer 'C1': batch of 16: a run has one image: must be 1 for a filter of more "
        "than one row or a stride above 1");
    EXPECT_EQ(error_of("Layer, M, N, K, Sparsity,\nS, 64, 64, 256, 2:4,\n"),
              "FILE:2: layer 'S': sparsity 2:4: no chip here leaves out weights of an N:M pattern: "
              "must be dense, 4:4");
    EXPECT_EQ(error_of("Layer, M, N, K, Sparsity,\nS, 64, 64, 256, 1,\n"),
              "FILE:2: sparsity = '1': must be N:M");
    const Network strides = import_topology(
        file("Layer name, IFMAP height, IFMAP width, Filter height, Filter width, Channels, Num "
             "filter, Stride height, Stride width,\nA, 9, 9, 3, 3, 1, 1, 2, 3,\n"));
    EXPECT_EQ(strides.shapes.at("A"), (Shape{4, 3, 1}));
    EXPECT_EQ(error_of(conv_header.substr(0, conv_header.size() - 1) +
                       "Padding,\nA, 9, 9, 3, 3, 1, 1, 2, 1,\n"),
              "FILE:2: layer 'A': column 'padding' = '1': SCALE-Sim has no such column: must be "
              "empty");
}

// Quadratic, this would take minutes.
TEST(Topology, ThirtyThousandEqualNamesAreNumbered) {
    std::string text = "Layer,M,N,K,\nA.2,1,1,1\n";
    for (int i = 0; i < 30000; ++i) text += "A,1,1,1,\n";
    const Network network = import_topology(file(text));
    EXPECT_EQ(network.nodes.at(1).name, "A");
    EXPECT_EQ(network.nodes.at(2).name, "A.3");
    EXPECT_EQ(network.nodes.back().name, "A.30001");
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
              "FILE:1: header of 2 columns: must be a name and input height, input width, filter "
              "height, filter width, channels, filters, stride, or a name and M, N, K");
    EXPECT_EQ(error_of("Layer,M,K,N\nA,1,2,3\n"),
              "FILE:1: header says m, k, n: SCALE-Sim reads these columns as M, N, K");
    EXPECT_EQ(error_of("A,4,4,3,3,1,2,1\n"),
              "FILE:1: is a layer: the first line is a header, which SCALE-Sim does not read");
    EXPECT_EQ(error_of(conv_header + "A, 4, 4\n"),
              "FILE:2: 3 fields: must be a name and 7 numbers");
    EXPECT_EQ(error_of(conv_header + "A, 4, 4, 3, x, 1, 2, 1\n"),
              "FILE:2: filter width = 'x': must be 1..16777216");
    EXPECT_EQ(error_of(conv_header + "A, 4, 4, 3, 3, 1, 2, 0\n"),
              "FILE:2: stride = '0': must be 1..16777216");
    EXPECT_EQ(error_of(conv_header + "A, 2, 4, 3, 3, 1, 2, 1\n"),
              "FILE:2: layer 'A': filter 3x3 does not fit the input 2x4");
    EXPECT_EQ(error_of("Layer,M,N,K,\nA,16777216,16777216,16777216,\n"),
              "FILE:2: layer 'A': result: shape 16777216x16777216 has too many elements: at most "
              "2147483648");
    EXPECT_EQ(error_of(conv_header + "c, 1, 1, 1, 1, 16777216, 16777216, 1,\n"),
              "FILE:2: layer 'c': constant 'c/weights': shape 16777216x1x1x16777216 has too many "
              "elements: at most 2147483648");
}

// Multiply-accumulates by SCALE-Sim's own formulas (topology_utils.py, topo_calc_hyperparams),
// which read the text as it does and share nothing with the importer.
std::int64_t scale_sim_macs(const std::filesystem::path& path) {
    std::string text = read_file(path);
    std::istringstream lines(text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
    std::string line;
    std::getline(lines, line);
    const char separator = line.find(',') == std::string::npos ? '\t' : ',';
    const bool gemm = line.find("IFMAP") == std::string::npos;
    std::int64_t sum = 0;
    while (std::getline(lines, line)) {
        std::vector<std::int64_t> v;
        std::istringstream row(line);
        std::string field;
        std::getline(row, field, separator);
        while (v.size() < (gemm ? 3u : 7u) && std::getline(row, field, separator))
            v.push_back(std::atoll(field.c_str()));
        if (v.size() < 3 || v[0] == 0) continue;
        const auto outputs = [](std::int64_t in, std::int64_t filter, std::int64_t stride) {
            return static_cast<std::int64_t>(
                std::ceil(double(in - filter + stride) / double(stride)));
        };
        sum += gemm ? v[0] * v[1] * v[2]
                    : outputs(v[0], v[2], v[6]) * outputs(v[1], v[3], v[6]) * v[2] * v[3] * v[4] *
                          v[5];
    }
    return sum;
}

TEST(Topology, EveryPublishedFileHasTheWorkThatScaleSimCounts) {
    const std::filesystem::path root = std::filesystem::path(BITLOOM_SHARED_DATA) / "topologies";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "shared data topologies is absent";
    int files = 0, refused = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".csv") continue;
        ++files;
        if (entry.path().filename() == "unet2d.csv") {  // an input of 2.4 * 10^9 elements
            EXPECT_THROW(import_topology(entry.path()), Error);
            ++refused;
            continue;
        }
        const Network network = import_topology(entry.path());
        std::int64_t macs = 0;
        for (const Node& node : network.nodes) macs += gemm_shape(network, node).macs();
        EXPECT_EQ(macs, scale_sim_macs(entry.path())) << entry.path();
        EXPECT_GT(macs, 0) << entry.path();
    }
    EXPECT_EQ(files, 35);
    EXPECT_EQ(refused, 1);
}

}  // namespace
}  // namespace bitloom
