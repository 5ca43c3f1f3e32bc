// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/data_tensors.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bitloom {
namespace {

TEST(Int8Step, FindsTheStepOfEveryByteRange) {
    for (const float step : {1.0f / 16.0f, 0.0078125f, 0.1f, 1.0f / 255.0f, 3.7e-5f, 12.3f}) {
        for (const int reach : {1, 2, 16, 93, 127}) {
            std::vector<float> values;
            for (int q = -reach; q <= reach; ++q) values.push_back(static_cast<float>(q) * step);
            const auto found = int8_step(values);
            ASSERT_TRUE(found) << step << " " << reach;
            for (const float value : values) {
                EXPECT_EQ(static_cast<float>(std::round(value / *found)) * *found, value);
            }
        }
    }
}

TEST(Int8Step, AllowsMinus128ButNotPlus128) {
    EXPECT_TRUE(int8_step(std::vector<float>{-128.0f, 127.0f, 1.0f}));
    EXPECT_FALSE(int8_step(std::vector<float>{128.0f, 1.0f}));
}

TEST(Int8Step, RealsHaveNone) {
    EXPECT_FALSE(int8_step(std::vector<float>{0.1f, 0.25f, 3.14159f}));
    EXPECT_FALSE(int8_step(std::vector<float>{0.0f, 0.0f}));
    EXPECT_FALSE(int8_step(std::vector<float>{}));
    EXPECT_FALSE(int8_step(std::vector<float>{INFINITY, 1.0f}));
}

TEST(WordTensor, RoundsToNearestAndSaturates) {
    const std::vector<float> values = {0.25f, -0.25f, 0.75f, 1e9f, -1e9f, 0.2f};
    const Tensor tensor = word_tensor({2, 3}, values, 0.5);
    const std::vector<std::int16_t> expected = {1, -1, 2, 32767, -32768, 0};
    EXPECT_EQ(tensor, Tensor::of<std::int16_t>(TensorType::i16, {2, 3}, expected));
}

TEST(Dataset, BytesStayBytesAndKeepTheirValues) {
    Dataset data;
    data.input_shape = {2, 2};
    data.inputs = {0.0f, 0.1f, 0.2f, -0.3f, 0.5f, 0.6f, 0.7f, 12.7f};
    for (float& value : data.inputs) value = static_cast<float>(std::round(value * 10.0f)) * 0.1f;
    data.labels = {3, 1};
    Manifest manifest;
    std::map<std::string, Tensor> tensors;
    add_dataset(data, int8_step(data.inputs), manifest, tensors);
    const Tensor& inputs = tensors.at("dataset/inputs");
    EXPECT_EQ(inputs.type, TensorType::i8);
    EXPECT_EQ(inputs.shape, (Shape{2, 2, 2}));
    const float step = std::stof(manifest.provenance.at("dataset_scale"));
    for (std::size_t i = 0; i < data.inputs.size(); ++i) {
        EXPECT_EQ(static_cast<float>(static_cast<std::int8_t>(inputs.bytes[i])) * step,
                  data.inputs[i]);
    }
    EXPECT_EQ(tensors.at("dataset/labels").shape, (Shape{2}));
}

TEST(Dataset, RealsStayReals) {
    Dataset data;
    data.input_shape = {2};
    data.inputs = {0.1f, 0.77f};
    data.labels = {0};
    Manifest manifest;
    std::map<std::string, Tensor> tensors;
    add_dataset(data, std::nullopt, manifest, tensors);
    EXPECT_EQ(tensors.at("dataset/inputs").type, TensorType::f32);
    EXPECT_FALSE(manifest.provenance.contains("dataset_scale"));
}

TEST(Dataset, NoInputsGiveNoTensors) {
    Manifest manifest;
    std::map<std::string, Tensor> tensors;
    add_dataset(Dataset{}, std::nullopt, manifest, tensors);
    EXPECT_TRUE(tensors.empty());
}

}  // namespace
}  // namespace bitloom
