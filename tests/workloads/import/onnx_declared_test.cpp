// SPDX-License-Identifier: Apache-2.0
// Nodes and tensors that say what ONNX does not declare, or what nobody reads, are refused.
#include <gmock/gmock.h>

#include <set>

#include "naive_onnx.h"
#include "workloads/import/onnx_graph.h"
#include "workloads/import/onnx_schema.h"

namespace bitloom {
namespace {

using naive::import_error;
using testing::HasSubstr;
using testing::StartsWith;
using Numbers = std::vector<std::int64_t>;

// The least node that a row of the table allows.
OnnxNode least(const OnnxSchemaRow& row) {
    OnnxNode node;
    node.name = "n";
    node.op = row.op;
    node.inputs.assign(static_cast<std::size_t>(row.min_inputs), "x");
    node.outputs = {"y"};
    for (const auto& attribute : onnx_schema(row.op, row.since)->attributes)
        if (attribute.required) node.attributes[attribute.name].type = attribute.type;
    return node;
}

std::string schema_error(const OnnxSchemaRow& row, OnnxNode node) {
    OnnxGraph graph;
    graph.file = "f.onnx";
    graph.opset = row.since;
    try {
        check_schema(graph, node);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(OnnxDeclared, EveryOperatorRefusesWhatItsSchemaDoesNotHave) {
    for (const OnnxSchemaRow& row : onnx_schema_rows()) {
        SCOPED_TRACE(std::string(row.op) + " " + std::to_string(row.since));
        EXPECT_EQ(schema_error(row, least(row)), "");
        OnnxNode node = least(row);
        node.attributes["no_such"].type = "INT";
        EXPECT_THAT(schema_error(row, node), HasSubstr("unknown attribute 'no_such'"));
        if (row.max_inputs < 100) {
            node = least(row);
            node.inputs.assign(static_cast<std::size_t>(row.max_inputs) + 1, "x");
            EXPECT_THAT(schema_error(row, node), HasSubstr("inputs: must be "));
        }
        if (row.min_inputs > 0) {
            node = least(row);
            node.inputs[0].clear();
            EXPECT_THAT(schema_error(row, node), HasSubstr("input 0 is missing"));
        }
        if (row.max_outputs < 100) {
            node = least(row);
            node.outputs.resize(static_cast<std::size_t>(row.max_outputs) + 1, "z");
            EXPECT_THAT(schema_error(row, node), HasSubstr("outputs: must be "));
        }
        for (const auto& attribute : onnx_schema(row.op, row.since)->attributes) {
            for (const std::string type :
                 {"INT", "INTS", "FLOAT", "FLOATS", "STRING", "TENSOR", "GRAPH"}) {
                node = least(row);
                node.attributes[attribute.name].type = type;
                if (type == attribute.type)
                    EXPECT_EQ(schema_error(row, node), "");
                else
                    EXPECT_THAT(schema_error(row, node),
                                HasSubstr(fmt::format("attribute '{}' is {}: must be {}",
                                                      attribute.name, type, attribute.type)));
            }
            if (!attribute.required || attribute.name == "consumed_inputs") continue;
            node = least(row);
            node.attributes.erase(attribute.name);
            EXPECT_THAT(schema_error(row, node),
                        HasSubstr(fmt::format("attribute '{}' is missing", attribute.name)));
        }
    }
}

OnnxAttribute attribute(const std::string& type, const Numbers& values) {
    OnnxAttribute result;
    result.type = type;
    result.ints = values;
    return result;
}

// Whatever no one has read is refused, whichever operator it is: also one added tomorrow.
TEST(OnnxDeclared, WhatNobodyReadIsRefusedUnlessItIsTheDefault) {
    OnnxGraph graph;
    graph.file = "f.onnx";
    graph.opset = 17;
    const auto error = [&](const OnnxNode& node) -> std::string {
        try {
            check_all_read(graph, node);
        } catch (const Error& e) {
            return e.what();
        }
        return "";
    };
    OnnxNode node;
    node.name = "n";
    node.op = "MaxPool";
    node.inputs = {"x"};
    node.outputs = {"y"};
    EXPECT_EQ(error(node),
              "f.onnx: node 'n' (MaxPool): input 0 ('x') is not supported: must be absent");
    node.note_input(0);
    node.attributes["ceil_mode"] = attribute("INT", {0});
    EXPECT_EQ(error(node), "");
    node.attributes["ceil_mode"].ints = {1};
    EXPECT_EQ(error(node),
              "f.onnx: node 'n' (MaxPool): attribute 'ceil_mode' = 1 is not supported: must be 0");
    EXPECT_EQ(node.integer("ceil_mode", 0), 1);
    EXPECT_EQ(error(node), "");
    node.attributes["dilations"] = attribute("INTS", {1, 2});
    EXPECT_EQ(
        error(node),
        "f.onnx: node 'n' (MaxPool): attribute 'dilations' = [1, 2] is not supported: must be "
        "absent");
}

TEST(OnnxDeclared, NodesOfFilesAreHeldAgainstTheirSchema) {
    const Plain w = random_tensor({2, 2, 3, 3}, "w");
    const auto conv = [&](auto&& change) {
        OnnxBuilder model({-1, 2, 5, 5});
        model.floats("w", w).floats("b", random_tensor({2}, "b")).node("Conv", {"x", "w"}, "y");
        change(model);
        model.output("y");
        return import_error(model);
    };
    EXPECT_EQ(conv([](auto& m) { m.set("stride", 2); }),
              "node '/y' (Conv): unknown attribute 'stride': operator set 17 has auto_pad, "
              "dilations, group, kernel_shape, pads, strides; did you mean 'strides'?");
    EXPECT_EQ(conv([](auto& m) { m.set("strides", 2); }),
              "node '/y' (Conv): attribute 'strides' is INT: must be INTS");
    EXPECT_EQ(conv([](auto& m) { m.set("group", 2.0F); }),
              "node '/y' (Conv): attribute 'group' is FLOAT: must be INT");
    EXPECT_EQ(conv([](auto& m) { m.set("group", 1).set("group", 1); }),
              "node '/y' (Conv): attribute 'group' is given twice");
    EXPECT_EQ(conv([](auto& m) {
                  m.graph().mutable_node(0)->add_input("b");
                  m.graph().mutable_node(0)->add_input("b");
              }),
              "node '/y' (Conv): has 4 inputs: must be 2..3 in operator set 17");
    EXPECT_EQ(conv([](auto& m) {
                  m.set("group", 1);
                  m.graph().mutable_node(0)->mutable_attribute(0)->add_ints(1);
              }),
              "node '/y' (Conv): attribute 'group' is INT and holds INT, INTS: must be one");
    EXPECT_EQ(conv([](auto& m) {
                  m.set("auto_pad", "SAME_UPPER").set("pads", Numbers{1, 1, 1, 1});
              }),
              "node '/y' (Conv): auto_pad = SAME_UPPER and pads 1,1,1,1: must be one of the two");
    EXPECT_THAT(conv([](auto& m) { m.graph().mutable_node(0)->set_op_type("Gelu\n"); }),
                StartsWith("unsupported: Gelu\\x0a x1 (node '/y'); supported: "));
    OnnxBuilder later({-1, 4}, 17);
    later.node("Gelu", {"x"}, "y").output("y");
    EXPECT_EQ(import_error(later),
              "node '/y' (Gelu): operator set 17 has no such operator: it is there from 20 on");
    OnnxBuilder split({-1, 5}, 13);
    split.floats("w", random_tensor({5, 5}, "w")).node("MatMul", {"x", "w"}, "m");
    split.node("Split", {"m"}, "y").more_output("z").set("axis", 1).output("y");
    EXPECT_EQ(import_error(split), "node '/y' (Split): 2 equal parts of 5 elements");
}

TEST(OnnxDeclared, VersionsThatOnnxDoesNotHaveAreRefused) {
    for (const int opset : {0, -1, 29, 99999}) {
        OnnxBuilder model({-1, 4}, opset);
        model.node("Relu", {"x"}, "y").output("y");
        EXPECT_EQ(import_error(model), fmt::format("operator set {}: must be 1..28", opset));
    }
    OnnxBuilder model({-1, 4});
    model.node("Relu", {"x"}, "y").output("y");
    onnx::ModelProto proto;
    const auto error = [&](auto&& change) {
        proto.ParseFromString(model.bytes());
        change(proto);
        const auto path = std::filesystem::path(testing::TempDir()) / "versions.onnx";
        write_file(path, proto.SerializeAsString());
        try {
            import_onnx(path);
        } catch (const Error& e) {
            return std::string(e.what()).substr(path.string().size() + 2);
        }
        return std::string("no error");
    };
    EXPECT_EQ(error([](auto&) {}), "no error");
    EXPECT_EQ(error([](auto& p) { p.add_opset_import()->set_version(13); }),
              "operator set 'ai.onnx' is imported twice");
    EXPECT_EQ(error([](auto& p) {
                  p.add_opset_import()->set_version(17);
                  p.mutable_opset_import(1)->set_domain("ai.onnx");
              }),
              "operator set 'ai.onnx' is imported twice");
    EXPECT_EQ(error([](auto& p) { p.clear_opset_import(); }),
              "node '/y' (Relu): the file does not import ONNX's own operator set");
    EXPECT_EQ(error([](auto& p) { p.set_ir_version(99); }), "IR version 99: must be 1..14");
    EXPECT_EQ(error([](auto& p) { p.set_ir_version(0); }), "IR version 0: must be 1..14");
    EXPECT_EQ(error([](auto& p) { p.clear_ir_version(); }), "IR version missing: must be 1..14");
    EXPECT_THAT(error([](auto& p) { p.mutable_graph()->mutable_node(0)->set_domain("com.acme"); }),
                StartsWith("unsupported: com.acme.Relu x1 (node '/y'); supported: "));
    EXPECT_EQ(error([](auto& p) {
                  p.mutable_graph()
                      ->mutable_input(0)
                      ->mutable_type()
                      ->mutable_tensor_type()
                      ->set_elem_type(onnx::TensorProto::STRING);
              }),
              "input 'x': element type STRING: must be a number");
}

TEST(OnnxDeclared, TensorsHaveTheirDataInOnePlaceOfTheirType) {
    const auto error = [](auto&& change) {
        OnnxBuilder model({-1, 2});
        model.floats("w", {{2, 1}, {1, 2}}).node("MatMul", {"x", "w"}, "y").output("y");
        change(*model.graph().mutable_initializer(0));
        return import_error(model);
    };
    EXPECT_EQ(error([](auto&) {}), "no error");
    EXPECT_EQ(error([](auto& t) { t.add_float_data(1); }),
              "tensor 'w': has data in raw_data and float_data: must be in one field");
    EXPECT_EQ(error([](auto& t) {
                  t.clear_raw_data();
                  t.add_int32_data(1);
                  t.add_int32_data(2);
              }),
              "tensor 'w': has its data in int32_data: elements of type FLOAT are not kept there");
    EXPECT_EQ(error([](auto& t) {
                  t.clear_raw_data();
                  t.add_float_data(1);
              }),
              "tensor 'w': 1 values: shape 2x1 needs 2");
    EXPECT_EQ(error([](auto& t) { t.set_data_type(onnx::TensorProto::INT8); }),
              "node '/y' (MatMul): input 1 ('w'): element type INT8: must be FLOAT, DOUBLE, INT32, "
              "INT64 or BOOL");
    EXPECT_EQ(error([](auto& t) { t.set_data_type(99); }),
              "node '/y' (MatMul): input 1 ('w'): element type 99: must be FLOAT, DOUBLE, INT32, "
              "INT64 or BOOL");
    EXPECT_EQ(error([](auto& t) { t.mutable_segment()->set_begin(0); }),
              "tensor 'w': is a segment of a tensor: must be whole");
    EXPECT_EQ(error([](auto& t) { t.add_external_data()->set_key("location"); }),
              "tensor 'w': names data in another file, but data_location is not EXTERNAL");
}

// Attributes of a wrong type were read as empty vectors.
TEST(OnnxDeclared, ConstantsHaveOneValueOfItsType) {
    const auto error = [](auto&& change) {
        OnnxBuilder model({-1, 4});
        model.node("Constant", {}, "c");
        change(model);
        model.node("Add", {"x", "c"}, "y").output("y");
        return import_error(model);
    };
    EXPECT_EQ(error([](auto& m) { m.set("value_float", 1.0F); }), "no error");
    EXPECT_EQ(error([](auto& m) { m.set("value_float", 1); }),
              "node '/c' (Constant): attribute 'value_float' is INT: must be FLOAT");
    EXPECT_EQ(error([](auto&) {}), "node '/c' (Constant): has 0 values: must be 1");
    EXPECT_EQ(error([](auto& m) { m.set("value_float", 1.0F).set("value_int", 1); }),
              "node '/c' (Constant): has 2 values: must be 1");
    EXPECT_EQ(error([](auto& m) { m.set("value_string", "a"); }),
              "node '/c' (Constant): value_string is not supported: must be numbers");
}

TEST(OnnxLimits, FoldingHasALimitOnWhatItMakesAltogether) {
    OnnxBuilder model({-1, 4});
    model.ints("shape", {1 << 27}).node("ConstantOfShape", {"shape"}, "a");
    model.node("ConstantOfShape", {"shape"}, "b").node("ConstantOfShape", {"shape"}, "c");
    model.node("Concat", {"a", "b", "c"}, "d")
        .set("axis", 0)
        .node("Add", {"x", "d"}, "y")
        .output("y");
    EXPECT_EQ(import_error(model),
              "node '/c' (ConstantOfShape): result of shape 134217728: constants computed from "
              "constants have at most 268435456 elements together");
    OnnxBuilder steps({-1, 4});  // no element, 2^40 steps
    steps.ints("shape", {std::int64_t{1} << 40, 0})
        .node("ConstantOfShape", {"shape"}, "y")
        .output("y");
    EXPECT_THAT(import_error(steps), HasSubstr("result of shape 1099511627776x0: constants"));
}

// Quadratic, these would take minutes.
TEST(OnnxLimits, ThirtyThousandEqualNamesAreNumbered) {
    OnnxBuilder model({-1, 4});
    std::string last = "x";
    for (int i = 0; i < 30000; ++i) {
        const std::string next = fmt::format("t{}", i);
        model.node("Relu", {last}, next);
        model.graph().mutable_node(i)->set_name("same");
        last = next;
    }
    model.output(last);
    const Network network = import_onnx(model.write());
    EXPECT_EQ(network.nodes.size(), 30000u);
    EXPECT_EQ(network.nodes.back().name, "same.30000");
}

TEST(OnnxLimits, TheSearchForGeluEnds) {
    OnnxBuilder model({-1, 4});  // one x, thousands of readers of each Tanh
    std::vector<std::string> ends;
    model.node("Tanh", {"x"}, "t");
    for (int i = 0; i < 20000; ++i) {
        model.node("Add", {"t", "x"}, fmt::format("a{}", i));
        ends.push_back(fmt::format("a{}", i));
    }
    for (int i = 0; i < 3000; ++i) model.node("Tanh", {"x"}, fmt::format("u{}", i));
    model.node("Concat", ends, "y").set("axis", 1).output("y");
    EXPECT_THAT(import_error(model), StartsWith("unsupported: Tanh of a computed tensor x3001 "));
}

}  // namespace
}  // namespace bitloom
