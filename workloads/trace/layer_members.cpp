// SPDX-License-Identifier: Apache-2.0
// The checks of a layer by itself: ranges of its members, and members that its operator ignores.
#include <cmath>
#include <limits>

#include "models/base/error.h"
#include "workloads/trace/layer_rules.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

class MemberCheck {
public:
    MemberCheck(const Layer& layer, std::vector<std::string>& problems)
        : layer_(layer), problems_(problems), place_("layer " + shown(layer.name)) {}

    void run() {
        check_window();
        if (layer_.groups != 1) used_by("groups", layer_.op == Operator::conv2d, "conv2d");
        if (layer_.groups < 1) add("groups = {}: must be >= 1", layer_.groups);
        check_weights();
        check_tensor_name("bias", layer_.bias, has_weights(layer_.op), "conv2d and gemm");
        check_constant();
        check_layer_norm();
        if (layer_.transpose_b) used_by("transpose_b", layer_.op == Operator::matmul, "matmul");
        if (layer_.multiplier != 1.0)
            used_by("multiplier", layer_.op == Operator::matmul, "matmul");
        positive("multiplier", layer_.multiplier);
        if (!layer_.permutation.empty())
            used_by("permutation", layer_.op == Operator::transpose, "transpose");
        if (layer_.tanh_form) used_by("tanh_form", layer_.op == Operator::gelu, "gelu");
        constexpr double infinity = std::numeric_limits<double>::infinity();
        if (!(layer_.clamp_low <= layer_.clamp_high && layer_.clamp_low < infinity &&
              layer_.clamp_high > -infinity))
            add("clamp {}..{}: must be -inf <= low <= high <= inf with a finite value between",
                layer_.clamp_low, layer_.clamp_high);
        positive("working_scale", layer_.working_scale);
    }

private:
    template <class... Args>
    void add(fmt::format_string<Args...> text, Args&&... args) {
        problems_.push_back(place_ + ": " + fmt::format(text, std::forward<Args>(args)...));
    }

    void used_by(std::string_view member, bool used, std::string_view users) {
        if (!used)
            add("{} is given: operator '{}' has none; only {} may", member, to_string(layer_.op),
                users);
    }

    void positive(std::string_view member, double value) {
        if (!(std::isfinite(value) && value > 0.0))
            add("{} = {}: must be finite and > 0", member, value);
    }

    void range(std::string_view member, std::int64_t value, std::int64_t low) {
        if (value < low || value > max_axis)
            add("window.{} = {}: must be {}..{}", member, value, low, max_axis);
    }

    void check_window() {
        const Window& window = layer_.window;
        if (!(window == Window{}))
            used_by("window", has_window(layer_.op), "conv2d, max_pool and average_pool");
        range("kernel_h", window.kernel_h, 1);
        range("kernel_w", window.kernel_w, 1);
        range("stride_h", window.stride_h, 1);
        range("stride_w", window.stride_w, 1);
        range("pad_top", window.pad_top, 0);
        range("pad_left", window.pad_left, 0);
        range("pad_bottom", window.pad_bottom, 0);
        range("pad_right", window.pad_right, 0);
        range("dilation_h", window.dilation_h, 1);
        range("dilation_w", window.dilation_w, 1);
    }

    void check_tensor_name(std::string_view member, const std::string& name, bool used,
                           std::string_view users) {
        if (name.empty()) return;
        used_by(member, used, users);
        if (const std::string wrong = name_problem(name); !wrong.empty())
            add("{}: tensor name {} {}", member, shown(name), wrong);
        else if (name == "__metadata__" || name.starts_with("dataset/") ||
                 name.starts_with("reference/"))
            add("{}: tensor name {} is reserved: must not be __metadata__ or begin with dataset/ "
                "or "
                "reference/",
                member, shown(name));
    }

    void check_weights() {
        if (!layer_.weights) {
            if (has_weights(layer_.op)) add("weights are missing");
            return;
        }
        const Weights& weights = *layer_.weights;
        used_by("weights", has_weights(layer_.op), "conv2d and gemm");
        check_tensor_name("weights", weights.tensor, true, "");
        const std::string wrong_shape = shape_problem(weights.shape);
        if (!wrong_shape.empty()) add("weights: {}", wrong_shape);
        int bits = 0;
        if (const std::string wrong = format_problem(weights.format, bits); !wrong.empty())
            add("weights: {}", wrong);
        else if (bits > 8)
            add("weights: format '{}' has {} bits: at most 8", weights.format, bits);
        const auto count = static_cast<std::int64_t>(weights.scales.size());
        if (count != 1 && (!wrong_shape.empty() || count != weights.shape[0]))
            add("weights: {} scales: must be 1 or one for each output channel", count);
        for (std::size_t i = 0; i < weights.scales.size(); ++i) {
            const double scale = weights.scales[i];
            if (std::isfinite(scale) && scale > 0.0) continue;
            add("weights: scales[{}] = {}: must be finite and > 0", i, scale);
            break;  // the first is enough: all the others are probably wrong for one reason
        }
    }

    void check_constant() {
        check_tensor_name("constant", layer_.constant, layer_.op == Operator::add, "add");
        if (layer_.constant.empty()) {
            if (layer_.constant_scale != 0.0)
                add("constant_scale = {}: must be 0 without a constant", layer_.constant_scale);
        } else {
            positive("constant_scale", layer_.constant_scale);
        }
    }

    void check_layer_norm() {
        const bool used = layer_.op == Operator::layer_norm;
        check_tensor_name("gamma", layer_.gamma, used, "layer_norm");
        check_tensor_name("beta", layer_.beta, used, "layer_norm");
        if (layer_.gamma.empty() != layer_.beta.empty())
            add("gamma {} and beta {}: must be both given or both empty", shown(layer_.gamma),
                shown(layer_.beta));
        if (layer_.epsilon != Layer{}.epsilon) used_by("epsilon", used, "layer_norm");
        positive("epsilon", layer_.epsilon);
    }

    const Layer& layer_;
    std::vector<std::string>& problems_;
    const std::string place_;
};

}  // namespace

void check_members(const Layer& layer, std::vector<std::string>& problems) {
    MemberCheck(layer, problems).run();
}

}  // namespace bitloom
