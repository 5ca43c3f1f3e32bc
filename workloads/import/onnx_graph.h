// SPDX-License-Identifier: Apache-2.0
// An ONNX file as plain data: read, size-checked, not yet interpreted. The protobuf classes stay
// behind this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "workloads/trace/layer.h"
#include "workloads/trace/names.h"

namespace bitloom {

// Float or integer; exactly one of the vectors holds element_count(shape) values, unless `problem`
// says why the tensor cannot be used (then both are empty).
struct OnnxConstant {
    Shape shape;
    bool integer = false;
    std::vector<float> floats;
    std::vector<std::int64_t> ints;
    std::string problem;

    double at(std::size_t index) const {
        return integer ? static_cast<double>(ints[index]) : floats[index];
    }
    std::size_t size() const { return integer ? ints.size() : floats.size(); }
};

struct OnnxAttribute {
    std::string type;                // as AttributeProto names it: INT, FLOATS, ...
    std::vector<std::int64_t> ints;  // one for a single integer
    std::vector<float> floats;       // one for a single float
    std::string text;
    std::vector<OnnxConstant> tensor;  // one or none
    std::string problem;               // why it cannot be read, or empty
    bool given = true;                 // false: the schema's default

    std::string value_text() const;  // for errors
};

// The accessors note what was read, so that what nobody read can be refused.
struct OnnxNode {
    std::string name;  // the file's; "OPERATOR of 'OUTPUT'" where the file has none
    std::string op;    // "Conv"; with the domain in front where it is not ONNX's own
    std::vector<std::string> inputs, outputs;  // empty name: absent
    std::map<std::string, OnnxAttribute> attributes;

    std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const;
    double real(const std::string& attribute, double otherwise) const;
    std::vector<std::int64_t> integers(const std::string& attribute) const;  // empty when absent
    std::string text(const std::string& attribute, const std::string& otherwise) const;
    const OnnxConstant* tensor(const std::string& attribute) const;  // null when absent
    // In the file, or by default.
    bool has(const std::string& attribute) const { return attributes.contains(attribute); }
    bool has_input(std::size_t index) const {
        return index < inputs.size() && !inputs[index].empty();
    }
    void note_input(std::size_t index) const { read_inputs_.insert(index); }
    bool was_read(std::size_t input) const { return read_inputs_.contains(input); }
    bool was_read(const std::string& attribute) const {
        return read_attributes_.contains(attribute);
    }

private:
    const OnnxAttribute* find(const std::string& attribute) const;

    mutable std::set<std::string> read_attributes_;
    mutable std::set<std::size_t> read_inputs_;
};

struct OnnxInput {
    std::string name;
    Shape shape;  // -1: symbolic
    bool has_shape = false;
    std::string element_type = "FLOAT";
};

// As shown(), without the quotes.
inline std::string unquoted(const std::string& name) {
    const std::string text = shown(name);
    return text.substr(1, text.size() - 2);
}

struct OnnxGraph {
    std::string file;  // for errors
    std::int64_t opset = 0;
    std::vector<OnnxInput> inputs;  // without those that are initializers
    std::vector<std::string> outputs;
    std::map<std::string, OnnxConstant> constants;  // initializers and Constant nodes
    std::vector<OnnxNode> nodes;                    // without Constant nodes; in the file's order

    // "FILE: node 'NAME' (OP): text".
    template <class... Args>
    [[noreturn]] void refuse(const OnnxNode& node, fmt::format_string<Args...> text,
                             Args&&... args) const {
        fail("{}: node {} ({}): {}", file, shown(node.name), unquoted(node.op),
             fmt::format(text, std::forward<Args>(args)...));
    }
};

// Throws Error that names the file, and the node or tensor, for a file that is not readable, not
// ONNX, truncated, of an operator set or IR version that ONNX does not have, or holds tensors whose
// data do not fit their shapes. Tensors may be float, double (rounded to float), int32, int64 or
// bool, with their data in the file or in one beside it.
OnnxGraph read_onnx(const std::filesystem::path& path);

// Holds a node against what ONNX declares of its operator in the file's operator set: the number of
// inputs and outputs, the names and types of the attributes; adds the attributes that have a
// default and are not given. Throws Error.
void check_schema(const OnnxGraph& graph, OnnxNode& node);

// Refuses inputs and attributes that nobody read, but for attributes that have their default value
// or say nothing about inference.
void check_all_read(const OnnxGraph& graph, const OnnxNode& node);

// Writes Sum as a chain of Add.
void lower_sums(OnnxGraph& graph);

// Replaces the exported forms of layer normalization (ReduceMean, Sub, Pow, ReduceMean, Add, Sqrt,
// Div, Mul, Add) and of GELU (any arrangement of scalar operators around Erf or Tanh that computes
// it) by one node "LayerNormalization" or "Gelu". What does not match is left as it is.
void recognise_patterns(OnnxGraph& graph);

}  // namespace bitloom
