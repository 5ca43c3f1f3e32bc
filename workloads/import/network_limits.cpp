// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/network_limits.h"

#include "models/base/error.h"
#include "workloads/trace/layer_rules.h"
#include "workloads/trace/names.h"

namespace bitloom {
namespace {

// Empty, or what is wrong with the shape of an activation or a constant.
std::string size_problem(const Shape& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        if (__builtin_mul_overflow(count, size, &count) || count > max_tensor_elements)
            return fmt::format("shape {} has too many elements: at most {}", to_string(shape),
                               max_tensor_elements);
    return shape_problem(shape);
}

class Limits {
public:
    Limits(const Network& network, const Node& node) : network_(network), node_(node) {}

    void check() const {
        // Traces name tensors after the node.
        for (const auto& name : {node_.name + ".constant", node_.output})
            if (const std::string problem = name_problem(name); !problem.empty())
                wrong("the name {} {}", shown(name), problem);
        size("result", network_.shapes.at(node_.output));
        for (const std::string* name :
             {&node_.weights, &node_.bias, &node_.constant, &node_.gamma, &node_.beta})
            if (!name->empty())
                size("constant " + shown(*name), network_.constants.at(*name).shape);
        const GemmShape product = gemm_shape(network_, node_);
        std::int64_t macs = product.count;
        for (const auto factor : {product.m, product.n, product.k})
            if (__builtin_mul_overflow(macs, factor, &macs) || macs > max_layer_macs)
                wrong("{} x {} x {} x {} multiplications: a layer has at most 2^60", product.count,
                      product.m, product.n, product.k);
    }

private:
    template <class... Args>
    [[noreturn]] void wrong(fmt::format_string<Args...> text, Args&&... args) const {
        fail("layer {}: {}", shown(node_.name), fmt::format(text, std::forward<Args>(args)...));
    }

    void size(const std::string& what, const Shape& shape) const {
        if (const std::string problem = size_problem(shape); !problem.empty())
            wrong("{}: {}", what, problem);
    }

    const Network& network_;
    const Node& node_;
};

}  // namespace

void check_limits(const Network& network, const Node& node) {
    Limits(network, node).check();
}

void check_total(const Network& network) {
    for (const auto& [name, shape] : network.shapes) {
        if (const std::string problem = size_problem(shape); !problem.empty())
            fail("network {}: activation {}: {}", shown(network.name), shown(name), problem);
    }
    std::int64_t total = 0;
    for (const auto& [name, constant] : network.constants)
        if (__builtin_add_overflow(total, element_count(constant.shape), &total) ||
            total > max_constant_elements)
            fail("network {}: its constants have more than {} elements together",
                 shown(network.name), max_constant_elements);
}

}  // namespace bitloom
