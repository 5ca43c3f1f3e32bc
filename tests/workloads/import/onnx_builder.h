// SPDX-License-Identifier: Apache-2.0
// Makes small ONNX files for tests.
#pragma once

#include <gtest/gtest.h>
#include <onnx/onnx.pb.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/base/output_file.h"
#include "models/base/random.h"
#include "workloads/trace/layer.h"

namespace bitloom {

// A tensor in ONNX's own layout.
struct Plain {
    Shape shape;
    std::vector<float> values;
};

// Values of about -1..1 that differ from tensor to tensor.
inline Plain random_tensor(const Shape& shape, const std::string& name) {
    const RandomStream random(7, name);
    Plain result{shape, std::vector<float>(static_cast<std::size_t>(element_count(shape)))};
    for (std::size_t i = 0; i < result.values.size(); ++i)
        result.values[i] = static_cast<float>(random.uniform(i) * 2 - 1);
    return result;
}

class OnnxBuilder {
public:
    // The first axis is the batch; -1 is written as a symbol.
    explicit OnnxBuilder(const Shape& input, int opset = 17) {
        model_.set_ir_version(8);
        model_.add_opset_import()->set_version(opset);
        auto* value = graph().add_input();
        value->set_name("x");
        auto* type = value->mutable_type()->mutable_tensor_type();
        type->set_elem_type(onnx::TensorProto::FLOAT);
        for (const auto size : input) {
            auto* dim = type->mutable_shape()->add_dim();
            if (size < 0)
                dim->set_dim_param("N");
            else
                dim->set_dim_value(size);
        }
    }

    onnx::GraphProto& graph() { return *model_.mutable_graph(); }

    OnnxBuilder& floats(const std::string& name, const Plain& tensor) {
        auto* proto = graph().add_initializer();
        proto->set_name(name);
        proto->set_data_type(onnx::TensorProto::FLOAT);
        for (const auto size : tensor.shape) proto->add_dims(size);
        proto->set_raw_data(tensor.values.data(), tensor.values.size() * sizeof(float));
        return *this;
    }
    OnnxBuilder& scalar(const std::string& name, float value) {
        return floats(name, {{}, {value}});
    }
    OnnxBuilder& ints(const std::string& name, const std::vector<std::int64_t>& values,
                      bool is_scalar = false) {
        auto* proto = graph().add_initializer();
        proto->set_name(name);
        proto->set_data_type(onnx::TensorProto::INT64);
        if (!is_scalar) proto->add_dims(static_cast<std::int64_t>(values.size()));
        for (const auto v : values) proto->add_int64_data(v);
        return *this;
    }

    OnnxBuilder& node(const std::string& op, const std::vector<std::string>& inputs,
                      const std::string& output) {
        node_ = graph().add_node();
        node_->set_op_type(op);
        node_->set_name("/" + output);
        for (const auto& name : inputs) node_->add_input(name);
        node_->add_output(output);
        return *this;
    }
    OnnxBuilder& more_output(const std::string& name) {
        node_->add_output(name);
        return *this;
    }
    OnnxBuilder& set(const std::string& name, std::int64_t value) {
        attribute(name, onnx::AttributeProto::INT)->set_i(value);
        return *this;
    }
    OnnxBuilder& set(const std::string& name, int value) { return set(name, std::int64_t{value}); }
    OnnxBuilder& set(const std::string& name, float value) {
        attribute(name, onnx::AttributeProto::FLOAT)->set_f(value);
        return *this;
    }
    OnnxBuilder& set(const std::string& name, const char* value) {
        attribute(name, onnx::AttributeProto::STRING)->set_s(value);
        return *this;
    }
    OnnxBuilder& set(const std::string& name, const std::vector<std::int64_t>& values) {
        auto* a = attribute(name, onnx::AttributeProto::INTS);
        for (const auto v : values) a->add_ints(v);
        return *this;
    }
    OnnxBuilder& output(const std::string& name) {
        graph().add_output()->set_name(name);
        return *this;
    }

    std::string bytes() const { return model_.SerializeAsString(); }
    std::filesystem::path write() const {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        std::string name = std::string(test->test_suite_name()) + "_" + test->name() + ".onnx";
        for (char& c : name)
            if (c == '/') c = '_';
        const auto path = std::filesystem::path(testing::TempDir()) / name;
        write_file(path, bytes());
        return path;
    }

private:
    onnx::AttributeProto* attribute(const std::string& name,
                                    onnx::AttributeProto::AttributeType type) {
        auto* a = node_->add_attribute();
        a->set_name(name);
        a->set_type(type);
        return a;
    }

    onnx::ModelProto model_;
    onnx::NodeProto* node_ = nullptr;
};

}  // namespace bitloom
