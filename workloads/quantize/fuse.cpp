// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/fuse.h"

#include <limits>
#include <map>
#include <set>

#include "models/base/error.h"

namespace bitloom {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

class Fuser {
public:
    explicit Fuser(const Network& network) : network_(network) {
        for (const Node& node : network.nodes) {
            for (const std::string& input : node.inputs) ++readers_[input];
        }
        for (const std::string& input : external_inputs(network)) external_.insert(input);
        // The reader outside the network.
        ++readers_[network.output];
    }

    std::vector<FusedLayer> run() {
        for (const Node& node : network_.nodes) {
            check_inputs(node);
            if (!take_residual(node) && !take_clamp(node)) append(node);
        }
        return std::move(layers_);
    }

private:
    void check_inputs(const Node& node) const {
        for (const std::string& input : node.inputs) {
            if (!external_.contains(input) && !producer_.contains(input)) {
                fail("network '{}': node '{}': input '{}' is not computed before it", network_.name,
                     node.name, input);
            }
        }
    }

    void append(const Node& node) {
        FusedLayer layer;
        layer.node = node;
        layer.clamp_low = node.op == Operator::clamp ? node.clamp_low : -infinity;
        layer.clamp_high = node.op == Operator::clamp ? node.clamp_high : infinity;
        producer_[node.output] = layers_.size();
        layers_.push_back(std::move(layer));
    }

    // The layer that computes `value` if nothing but one node reads it.
    FusedLayer* sole_producer(const std::string& value) {
        const auto found = producer_.find(value);
        if (found == producer_.end() || readers_.at(value) != 1) return nullptr;
        return &layers_[found->second];
    }

    void extend(FusedLayer& layer, const Node& node) {
        const std::size_t index = producer_.at(layer.node.output);
        layer.intermediate.push_back(layer.node.output);
        layer.node.output = node.output;
        producer_[node.output] = index;
    }

    static bool is_clamped(const FusedLayer& layer) {
        return layer.clamp_low != -infinity || layer.clamp_high != infinity;
    }

    bool take_residual(const Node& node) {
        if (node.op != Operator::add || node.inputs.size() != 2) return false;
        const auto order = [&](const std::string& value) -> std::ptrdiff_t {
            const auto found = producer_.find(value);
            return found == producer_.end() ? -1 : static_cast<std::ptrdiff_t>(found->second);
        };
        // Only the later of the two can wait for the other one.
        const bool second_is_later = order(node.inputs[1]) > order(node.inputs[0]);
        const std::string& sum = node.inputs[second_is_later ? 1 : 0];
        const std::string& addend = node.inputs[second_is_later ? 0 : 1];
        FusedLayer* layer = sole_producer(sum);
        if (layer == nullptr || !layer->is_gemm() || layer->has_residual || is_clamped(*layer)) {
            return false;
        }
        if (network_.shapes.at(sum) != network_.shapes.at(addend)) return false;
        layer->has_residual = true;
        layer->node.inputs.push_back(addend);
        extend(*layer, node);
        return true;
    }

    bool take_clamp(const Node& node) {
        if (node.op != Operator::clamp) return false;
        FusedLayer* layer = sole_producer(node.inputs.at(0));
        if (layer == nullptr || is_clamped(*layer)) return false;
        if (!layer->is_gemm() && layer->node.op != Operator::add) return false;
        layer->clamp_low = node.clamp_low;
        layer->clamp_high = node.clamp_high;
        extend(*layer, node);
        return true;
    }

    const Network& network_;
    std::set<std::string> external_;
    std::map<std::string, int> readers_;
    std::map<std::string, std::size_t> producer_;  // value -> layer
    std::vector<FusedLayer> layers_;
};

}  // namespace

std::vector<FusedLayer> fuse(const Network& network) {
    return Fuser(network).run();
}

}  // namespace bitloom
