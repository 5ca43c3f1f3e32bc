// SPDX-License-Identifier: Apache-2.0
// An ONNX file as plain data: read, size-checked, not yet interpreted. The protobuf classes stay
// behind this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "workloads/trace/layer.h"

namespace bitloom {

// Float or integer; exactly one of the vectors holds element_count(shape) values.
struct OnnxConstant {
    Shape shape;
    bool integer = false;
    std::vector<float> floats;
    std::vector<std::int64_t> ints;

    double at(std::size_t index) const {
        return integer ? static_cast<double>(ints[index]) : floats[index];
    }
    std::size_t size() const { return integer ? ints.size() : floats.size(); }
};

struct OnnxAttribute {
    std::vector<std::int64_t> ints;  // one for a single integer
    std::vector<float> floats;       // one for a single float
    std::string text;
    std::vector<OnnxConstant> tensor;  // one or none
};

struct OnnxNode {
    std::string name;  // the file's; "OPERATOR of 'OUTPUT'" where the file has none
    std::string op;    // "Conv"; with the domain in front where it is not ONNX's own
    std::vector<std::string> inputs, outputs;  // empty name: absent
    std::map<std::string, OnnxAttribute> attributes;

    std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const;
    double real(const std::string& attribute, double otherwise) const;
    std::vector<std::int64_t> integers(const std::string& attribute) const;  // empty when absent
    std::string text(const std::string& attribute, const std::string& otherwise) const;
    bool has(const std::string& attribute) const { return attributes.contains(attribute); }
    bool has_input(std::size_t index) const {
        return index < inputs.size() && !inputs[index].empty();
    }
};

struct OnnxInput {
    std::string name;
    Shape shape;  // -1: symbolic
    bool has_shape = false;
};

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
        fail("{}: node '{}' ({}): {}", file, node.name, node.op,
             fmt::format(text, std::forward<Args>(args)...));
    }
};

// Throws Error that names the file, and the node or tensor, for a file that is not readable, not
// ONNX, truncated, or holds tensors whose data do not fit their shapes. Tensors may be float,
// double (rounded to float), int32, int64 or bool; data in other files are refused.
OnnxGraph read_onnx(const std::filesystem::path& path);

// Replaces the exported forms of layer normalization (ReduceMean, Sub, Pow, ReduceMean, Add, Sqrt,
// Div, Mul, Add) and of GELU (any arrangement of scalar operators around Erf or Tanh that computes
// it) by one node "LayerNormalization" or "Gelu". What does not match is left as it is.
void recognise_patterns(OnnxGraph& graph);

}  // namespace bitloom
