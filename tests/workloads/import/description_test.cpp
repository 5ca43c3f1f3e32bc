// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/description.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "models/base/error.h"
#include "workloads/import/load.h"

namespace bitloom {
namespace {

Network paper(const std::string& name) {
    return load_network(std::filesystem::path(BITLOOM_SOURCE_DIR) / "workloads/papers/ant" /
                        (name + ".net"));
}

// MACs of the layers that the cost model of ANT lists: no products of attention, no patch
// embedding.
std::int64_t listed_macs(const Network& network) {
    std::int64_t sum = 0;
    for (const Node& node : network.nodes)
        if (node.op != Operator::matmul && node.name != "embed.conv")
            sum += gemm_shape(network, node).macs();
    return sum;
}

std::size_t count(const Network& network, Operator op) {
    std::size_t n = 0;
    for (const Node& node : network.nodes) n += node.op == op;
    return n;
}

struct Published {
    const char* name;
    const char* list;         // its name in ANT's lists
    std::int64_t macs_of_64;  // ant.md section 2.4: true MACs at batch 64
    std::size_t layers;       // convolutions and gemms here
};

void PrintTo(const Published& p, std::ostream* out) {
    *out << p.name;
}

class AntNetwork : public testing::TestWithParam<Published> {};

// Layers: ANT's own count, for ViT one convolution and two gemms a block more (q, k and v apart).
INSTANTIATE_TEST_SUITE_P(Papers, AntNetwork,
                         testing::Values(Published{"vgg16", "vgg16", 990'096'916'480, 16},
                                         Published{"resnet18", "resnet18", 116'100'694'016, 21},
                                         Published{"resnet50", "resnet50", 261'707'792'384, 54},
                                         Published{"inceptionv3", "inceptionv3", 365'645'830'144,
                                                   95},
                                         Published{"vit", "vit", 1'070'905'294'848, 49 + 1 + 24},
                                         Published{"bert_base", "mnli", 695'822'548'992, 74}),
                         [](const auto& item) { return std::string(item.param.name); });

TEST_P(AntNetwork, HasThePublishedMacsAndLayers) {
    const Network network = paper(GetParam().name);
    EXPECT_TRUE(network.shape_only);
    EXPECT_EQ(listed_macs(network) * 64, GetParam().macs_of_64);
    EXPECT_EQ(count(network, Operator::conv2d) + count(network, Operator::gemm), GetParam().layers);
}

TEST_P(AntNetwork, HasTheMacsOfTheReferenceTable) {
    std::ifstream table(std::string(BITLOOM_SHARED_DATA) + "/ant/ant_ref_totals.csv");
    if (!table) GTEST_SKIP() << "shared data ant/ant_ref_totals.csv is absent";
    std::string line;
    bool found = false;
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string set, net, layers, macs;
        std::getline(fields, set, ',');
        std::getline(fields, net, ',');
        std::getline(fields, layers, ',');
        std::getline(fields, macs, ',');
        if (set != "ant_os" || net != GetParam().list) continue;
        found = true;
        EXPECT_EQ(listed_macs(paper(GetParam().name)) * 64, std::stoll(macs));
    }
    EXPECT_TRUE(found);
}

// Layer by layer, where the reference has the layers.
TEST(AntNetworks, LayersHaveTheShapesOfTheReferenceTable) {
    for (const char* name : {"vgg16", "resnet18"}) {
        std::ifstream table(std::string(BITLOOM_SHARED_DATA) +
                            "/ant/ant_ref_layers_vgg16_resnet18.csv");
        if (!table) GTEST_SKIP() << "shared data ant/ant_ref_layers_vgg16_resnet18.csv is absent";
        const Network network = paper(name);
        std::vector<std::vector<std::int64_t>> expected, actual;
        std::string line;
        while (std::getline(table, line)) {
            std::vector<std::string> f;
            std::istringstream fields(line);
            for (std::string field; std::getline(fields, field, ',');) f.push_back(field);
            if (f[0] != "bitfusion" || f[1] != name) continue;
            std::vector<std::int64_t> row;  // I IC O OC kh kw stride
            for (std::size_t i = 5; i <= 11; ++i) row.push_back(std::stoll(f[i]));
            expected.push_back(row);
        }
        for (const Node& node : network.nodes) {
            if (node.op != Operator::conv2d && node.op != Operator::gemm) continue;
            const Shape& in = network.shapes.at(node.inputs[0]);
            const Shape& out = network.shapes.at(node.output);
            if (node.op == Operator::gemm)
                actual.push_back({1, in.back(), 1, out.back(), 1, 1, 1});
            else
                actual.push_back({in[0], in[2], out[0], out[2], node.window.kernel_h,
                                  node.window.kernel_w, node.window.stride_h});
        }
        EXPECT_EQ(actual, expected) << name;
    }
}

TEST(AntNetworks, KeepWhatTheListsLeaveOut) {
    const Network vit = paper("vit");
    EXPECT_EQ(count(vit, Operator::matmul), 24u);
    EXPECT_EQ(count(vit, Operator::layer_norm), 25u);
    EXPECT_EQ(vit.shapes.at("embed"), (Shape{197, 768}));
    EXPECT_EQ(vit.shapes.at("block0.scores"), (Shape{12, 197, 197}));
    EXPECT_EQ(vit.input, "image");
    EXPECT_EQ(external_inputs(vit), (std::vector<std::string>{"image", "class_token"}));
    const Network inception = paper("inceptionv3");
    EXPECT_EQ(inception.shapes.at("mixed7c"), (Shape{8, 8, 2048}));
    EXPECT_EQ(count(inception, Operator::concat), 11u);
    const Network resnet = paper("resnet50");
    EXPECT_EQ(count(resnet, Operator::add), 16u);
    EXPECT_EQ(resnet.shapes.at("layer4.2"), (Shape{7, 7, 2048}));
}

TEST(Description, RepeatsAndAliasesBuildAResidualChain) {
    const Network network = parse_description(
        "network n # a comment\n"
        "input x 4x4x2\n"
        "repeat i 1 2\n"
        "  save y\n"
        "  conv c{i} k=3x3 p=1 oc=2 relu\n"
        "  add a{i} in=.,y\n"
        "end\n",
        "n.net");
    ASSERT_EQ(network.nodes.size(), 6u);
    EXPECT_EQ(network.nodes[3].name, "c2");
    EXPECT_EQ(network.nodes[4].name, "c2/relu");
    EXPECT_EQ(network.nodes[4].output, "c2");
    EXPECT_EQ(network.nodes[5].inputs, (std::vector<std::string>{"c2", "a1"}));
    EXPECT_EQ(network.output, "a2");
}

std::string error_of(const std::string& text) {
    try {
        parse_description(text, "n.net");
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(Description, ErrorsNameTheLineAndWhatIsAllowed) {
    const std::string head = "network n\ninput x 4x4x2\n";
    EXPECT_EQ(error_of("input x 4\n"),
              "n.net:1: the first statement, and only the first, must be 'network NAME'");
    EXPECT_EQ(error_of(head), "n.net: has no layers");
    EXPECT_EQ(error_of(head + "convv c k=1x1 oc=2\n"),
              "n.net:3: unknown statement 'convv'; did you mean 'conv'?");
    EXPECT_EQ(error_of(head + "conv c k=1x1\n"), "n.net:3: 'conv' needs oc=");
    EXPECT_EQ(error_of(head + "conv c\nrelu r\ngemm g\nmaxpool p stride=2\n"),
              "n.net:3: 'conv' needs oc= k=; line 5: 'gemm' needs n=; line 6: 'maxpool' needs k=; "
              "line 6: 'maxpool' does not take 'stride'");
    EXPECT_EQ(error_of(head + "conv c k=0x1 oc=2\n"), "n.net:3: k = '0': must be 1..16777216");
    EXPECT_EQ(error_of(head + "conv c k=1x1 oc=2 stride=2\n"),
              "n.net:3: 'conv' does not take 'stride'");
    EXPECT_EQ(error_of(head + "conv c k=1x1 k=1x1 oc=2\n"), "n.net:3: 'k' is given twice");
    EXPECT_EQ(error_of(head + "conv c in=y k=1x1 oc=2\n"), "n.net:3: 'y' is no result so far");
    EXPECT_EQ(error_of(head + "conv c k=5x5 oc=2\n"),
              "n.net:3: network 'n': conv2d node 'c': window of 5x5 does not fit the padded input "
              "of 4x4");
    EXPECT_EQ(error_of(head + "gelu x\n"), "n.net:3: 'x' is there already");
    EXPECT_EQ(error_of(head + "repeat i 0 1\ngelu g{i}\n"), "n.net:3: 'repeat' without 'end'");
    EXPECT_EQ(error_of(head + "end\n"), "n.net:3: 'end' without 'repeat'");
    EXPECT_EQ(error_of(head + "repeat i 2 1\n"),
              "n.net:3: must be 'repeat VARIABLE FIRST LAST' with 0 <= FIRST <= LAST <= 1000");
    EXPECT_EQ(error_of(head + "heads h count=3\n"),
              "n.net:3: 3 heads do not divide a result of shape 4x4x2");
}

}  // namespace
}  // namespace bitloom
