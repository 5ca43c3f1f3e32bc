// SPDX-License-Identifier: Apache-2.0
// Fusion: the nodes of a float network that one layer of the trace executes together.
//
//   conv2d | gemm  [+ add of an activation computed before]  [+ clamp]
//   add            [+ clamp]
//   every other node by itself
//
// A node is taken in only when it is the sole reader of the value before it, that value is not the
// network's output, and shapes are equal. The layer stands where its first node stood.
#pragma once

#include <string>
#include <vector>

#include "workloads/import/network.h"

namespace bitloom {

struct FusedLayer {
    // The first node; its `inputs` include the residual, its `output` is that of the last node.
    Node node;
    bool has_residual = false;  // conv2d, gemm: inputs[1]
    double clamp_low;           // -infinity and infinity: none
    double clamp_high;
    std::vector<std::string> intermediate;  // values inside the layer that nothing else reads

    bool is_gemm() const { return node.op == Operator::conv2d || node.op == Operator::gemm; }
};

// In execution order. Throws Error when an input of a node is not computed before it.
std::vector<FusedLayer> fuse(const Network& network);

}  // namespace bitloom
