// SPDX-License-Identifier: Apache-2.0
// What ONNX declares of each operator that the importer knows: how many inputs and outputs, which
// attributes of which types, and their defaults, by operator set.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitloom {

struct OnnxAttributeSchema {
    std::string name;
    std::string type;  // as AttributeProto names it: INT, FLOATS, ...
    bool required = false;
    std::optional<std::string> otherwise;  // the value where a node gives none
};

struct OnnxSchema {
    std::string op;
    std::int64_t since = 0;  // the first operator set it holds for
    std::size_t min_inputs = 0, max_inputs = 0, min_outputs = 0, max_outputs = 0;
    std::vector<OnnxAttributeSchema> attributes;

    const OnnxAttributeSchema* attribute(const std::string& name) const;  // null: has none
};

// The operator in that operator set; null where it did not exist yet or is not known here.
const OnnxSchema* onnx_schema(const std::string& op, std::int64_t opset);

// The first operator set that has the operator; 0 where it is not known here.
std::int64_t first_opset(const std::string& op);

// The generated table (scripts/onnx_schemas.py), one row for each change of an operator. Attributes
// are "NAME:TYPE", with "!" where required, with "=DEFAULT" where there is one, between blanks.
struct OnnxSchemaRow {
    const char* op;
    int since;
    std::int64_t min_inputs, max_inputs, min_outputs, max_outputs;
    const char* attributes;
};
std::span<const OnnxSchemaRow> onnx_schema_rows();
extern const std::int64_t newest_onnx_opset, newest_onnx_ir_version;

}  // namespace bitloom
