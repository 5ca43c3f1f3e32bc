// SPDX-License-Identifier: Apache-2.0
// zoo.json of a network that was trained for one scheme: its scales, and what is refused in them.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "models/base/output_file.h"
#include "tests/workloads/trace/error_text.h"
#include "workloads/import/load.h"

namespace bitloom {
namespace {

using nlohmann::json;
using test::error_of;

const std::filesystem::path zoo = std::filesystem::path(BITLOOM_SOURCE_DIR) / "workloads" / "zoo";

// A folder with the network of digits_w1a2 and a changed zoo.json.
class ZooRecordTest : public testing::Test {
protected:
    ZooRecordTest() {
        std::filesystem::create_directories(folder_);
        std::filesystem::copy_file(zoo / "digits_w1a2" / "network.onnx", folder_ / "network.onnx",
                                   std::filesystem::copy_options::overwrite_existing);
    }
    ~ZooRecordTest() override { std::filesystem::remove_all(folder_); }

    std::string error(const std::function<void(json& quantization)>& change) {
        return record_error([&](json& record) { change(record["quantization"]); });
    }
    std::string record_error(const std::function<void(json& record)>& change) {
        json record = json::parse(read_file(zoo / "digits_w1a2" / "zoo.json"));
        change(record);
        write_file(folder_ / "zoo.json", record.dump());
        const std::string text = error_of([&] { load_network(folder_); });
        const std::string place = (folder_ / "zoo.json").string() + ": ";
        return text.starts_with(place) ? text.substr(place.size()) : text;
    }

    const std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() /
        (std::string("bitloom_zoo_record_") +
         testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(ZooRecordTest, TrainedScalesReachTheNetwork) {
    EXPECT_EQ(error([](json&) {}), "no error");
    const Network network = load_network(folder_);
    ASSERT_TRUE(network.trained.has_value());
    EXPECT_EQ(network.trained->scheme, "w1a2");
    EXPECT_GT(network.trained->accuracy, 0.98);
    EXPECT_EQ(network.trained->weights.size(), 10u);
    EXPECT_EQ(network.trained->weights.at("/blocks/blocks.0/first/first.0/Conv").size(), 16u);
    EXPECT_EQ(network.trained->activations.size(), 8u);
    EXPECT_FALSE(load_network(zoo / "digits").trained.has_value());
}

TEST_F(ZooRecordTest, OneScaleForAllChannelsAndTheRangeOfTheAdcsReachTheNetwork) {
    EXPECT_EQ(error([](json& q) {
                  q["weights"] = {{"/blocks/blocks.0/first/first.0/Conv", {0.25}}};
                  q["adc_full_scale"] = 9.5;
              }),
              "no error");
    const Network network = load_network(folder_);
    EXPECT_EQ(network.trained->weights.at("/blocks/blocks.0/first/first.0/Conv"),
              std::vector{0.25});
    EXPECT_EQ(network.trained->adc_full_scale, 9.5);
    EXPECT_EQ(load_network(zoo / "digits_w1a2").trained->adc_full_scale, 0.0);
}

TEST_F(ZooRecordTest, MissingAndUnknownKeysAreToldAtOnceAndTheAccuracyMayBeMissing) {
    EXPECT_EQ(record_error([](json& r) { r.erase("float_accuracy"); }), "no error");
    EXPECT_EQ(read_zoo_record(folder_).float_accuracy, -1.0);
    EXPECT_EQ(record_error([](json& r) {
                  r.erase("task");
                  r.erase("input_scale");
                  r.erase("licence");
                  r["license"] = "none";
              }),
              "keys 'task', 'input_scale', 'licence' are missing; unknown key 'license'; did you "
              "mean 'licence'?");
    EXPECT_EQ(record_error([](json& r) { r.erase("task"); }), "key 'task' is missing");
}

TEST_F(ZooRecordTest, WrongMembersOfTheQuantizationAreRefused) {
    const std::string layer = "/blocks/blocks.0/first/first.0/Conv";
    EXPECT_EQ(error([](json& q) { q.erase("scheme"); }), "quantization: key 'scheme' is missing");
    EXPECT_EQ(error([](json& q) { q["accuracy"] = 1.5; }), "quantization.accuracy: must be 0..1");
    EXPECT_EQ(error([](json& q) {
                  q["activations"] = {{"/start/Clip_output_0", 0}};
              }),
              "quantization.activations./start/Clip_output_0: must be above 0");
    EXPECT_EQ(error([](json& q) {
                  q["activations"] = {{"nothing", 1}};
              }),
              "quantization.activations: 'nothing': the network has no such activation");
    EXPECT_EQ(error([](json& q) {
                  q["weights"] = {{"nothing", {1}}};
              }),
              "quantization.weights: 'nothing': the network has no such layer");
    EXPECT_EQ(
        error([&](json& q) {
            q["weights"] = {{layer, json::array({1, 2})}};
        }),
        "quantization.weights: '" + layer + "': 2 scales: must be 1, or 16, one an output channel");
    EXPECT_EQ(
        error([&](json& q) {
            q["weights"] = {{layer, json::array()}};
        }),
        "quantization.weights: '" + layer + "': 0 scales: must be 1, or 16, one an output channel");
    EXPECT_EQ(error([&](json& q) { q["weights"][layer][3] = -0.5; }),
              "quantization.weights." + layer + "[3]: must be above 0");
    EXPECT_EQ(error([](json& q) { q["adc_full_scale"] = 0; }),
              "quantization.adc_full_scale: must be above 0");
    EXPECT_NE(error([](json& q) { q["more"] = 1; }).find("more"), std::string::npos);
}

}  // namespace
}  // namespace bitloom
