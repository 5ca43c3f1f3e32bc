// SPDX-License-Identifier: Apache-2.0
// The table of ONNX's operators against the schemas of ONNX's own library, which is older than the
// package that the table was made from: the sets that both know are compared.
#include "workloads/import/onnx_schema.h"

#include <gtest/gtest.h>
#include <onnx/defs/schema.h>

#include <algorithm>
#include <set>

namespace bitloom {
namespace {

std::int64_t newest_of_library() {
    return onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map().at("").second;
}

std::string type_name(onnx::AttributeProto::AttributeType type) {
    return onnx::AttributeProto::AttributeType_Name(type);
}

// As text, at float precision.
std::string default_of(const onnx::AttributeProto& value) {
    switch (value.type()) {
        case onnx::AttributeProto::INT:
            return std::to_string(value.i());
        case onnx::AttributeProto::FLOAT:
            return std::to_string(value.f());
        default:
            return value.s();
    }
}

TEST(OnnxSchema, EveryOperatorIsDeclaredAsTheLibraryDeclaresIt) {
    std::set<std::string> operators;
    for (const OnnxSchemaRow& row : onnx_schema_rows()) operators.insert(row.op);
    ASSERT_GT(operators.size(), 35u);
    int compared = 0;
    for (const std::string& op : operators)
        for (int opset = 1; opset <= newest_of_library(); ++opset) {
            SCOPED_TRACE(op + " " + std::to_string(opset));
            const auto* expected = onnx::OpSchemaRegistry::Schema(op, opset, "");
            const OnnxSchema* actual = onnx_schema(op, opset);
            ASSERT_EQ(actual != nullptr, expected != nullptr);
            if (!expected) continue;
            ++compared;
            EXPECT_EQ(actual->min_inputs, static_cast<std::size_t>(expected->min_input()));
            EXPECT_EQ(actual->max_inputs, static_cast<std::size_t>(expected->max_input()));
            EXPECT_EQ(actual->min_outputs, static_cast<std::size_t>(expected->min_output()));
            EXPECT_EQ(actual->max_outputs, static_cast<std::size_t>(expected->max_output()));
            EXPECT_EQ(actual->attributes.size(), expected->attributes().size());
            for (const auto& [name, declared] : expected->attributes()) {
                const OnnxAttributeSchema* known = actual->attribute(name);
                ASSERT_NE(known, nullptr) << name;
                EXPECT_EQ(known->type, type_name(declared.type)) << name;
                EXPECT_EQ(known->required, declared.required) << name;
                const bool has_default = !declared.default_value.name().empty();
                ASSERT_EQ(known->otherwise.has_value(), has_default) << name;
                if (!has_default) continue;
                const std::string text = declared.type == onnx::AttributeProto::FLOAT
                                             ? std::to_string(std::stof(*known->otherwise))
                                             : *known->otherwise;
                EXPECT_EQ(text, default_of(declared.default_value)) << name;
            }
        }
    EXPECT_GT(compared, 400);
}

TEST(OnnxSchema, OperatorsBeginWithTheirFirstSet) {
    EXPECT_EQ(onnx_schema("Gelu", 19), nullptr);
    EXPECT_NE(onnx_schema("Gelu", 20), nullptr);
    EXPECT_EQ(first_opset("Gelu"), 20);
    EXPECT_EQ(first_opset("LSTM"), 0);
    EXPECT_GE(newest_onnx_opset, newest_of_library());
}

}  // namespace
}  // namespace bitloom
