// SPDX-License-Identifier: Apache-2.0
// Operator sets below 7 broadcast differently and had a training mode by default.
#include "workloads/import/onnx_importer.h"

namespace bitloom {

Shape OnnxImporter::shape_of_tensor(const std::string& tensor) const {
    const auto found = graph_.constants.find(tensor);
    return found != graph_.constants.end() ? found->second.shape : views_.at(tensor).shape;
}

// Below operator set 7 the shapes of the two operands are equal, or, with broadcast = 1, the second
// one's axes are those of the first one from `axis` on (by default its last ones); from 7 on they
// are the last ones always. Returns the node with the second operand so that both readings agree.
OnnxNode OnnxImporter::aligned(OnnxNode node) {
    static const std::set<std::string> binary{"Add", "Div", "Mul", "Pow", "Sub"};
    if (graph_.opset >= 7 || !binary.contains(node.op)) return node;
    const Shape a = shape_of_tensor(node.inputs[0]), b = shape_of_tensor(node.inputs[1]);
    const bool broadcast = node.integer("broadcast", 0) != 0;
    if (!broadcast) {
        if (a != b)
            refuse(node, "inputs of shapes {} and {}: must be equal without broadcast = 1",
                   to_string(a), to_string(b));
        return node;
    }
    const auto rank = static_cast<std::int64_t>(a.size()),
               own = static_cast<std::int64_t>(b.size());
    std::int64_t first = node.integer("axis", rank - own);
    if (element_count(b) == 1 && own <= rank) return node;
    if (first < 0) first += rank;
    if (first < 0 || first + own > rank ||
        !std::equal(b.begin(), b.end(), a.begin() + static_cast<std::ptrdiff_t>(first)))
        refuse(node, "input of shape {} is not a part of {} from axis {} on", to_string(b),
               to_string(a), first);
    if (first + own == rank) return node;
    const auto found = graph_.constants.find(node.inputs[1]);
    if (found == graph_.constants.end())
        refuse(node, "a computed tensor of shape {} is broadcast to {}: must be constant",
               to_string(b), to_string(a));
    OnnxConstant moved = found->second;
    moved.shape.resize(static_cast<std::size_t>(rank - first), 1);
    std::string name = node.inputs[1];
    do name += "/aligned";
    while (graph_.constants.contains(name) || views_.contains(name));
    graph_.constants.emplace(name, std::move(moved));
    node.inputs[1] = name;
    return node;
}

// Dropout and BatchNormalization.
void OnnxImporter::refuse_training(const OnnxNode& node) const {
    if (graph_.opset < 7 && node.integer("is_test", 0) == 0)
        refuse(node, "is_test = 0 is training, which is not supported: must be 1");
    if (node.integer("training_mode", 0) != 0)
        refuse(node, "training_mode = 1 is not supported: must be 0");
    if (node.op != "Dropout") return;
    if (node.has_input(1)) constant(node, 1);  // the ratio
    if (node.has_input(2) && (constant(node, 2).size() != 1 || constant(node, 2).at(0) != 0.0))
        refuse(node, "training_mode = 1 is not supported: must be 0");
}

}  // namespace bitloom
