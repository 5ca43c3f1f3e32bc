// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/tensor_view.h"

#include <algorithm>
#include <numeric>

#include "models/base/error.h"

namespace bitloom {

TensorView plain_view(std::string activation, Shape shape) {
    TensorView view;
    view.activation = std::move(activation);
    view.shape = std::move(shape);
    std::copy_if(view.shape.begin(), view.shape.end(), std::back_inserter(view.factors),
                 [](std::int64_t size) { return size != 1; });
    view.stored.resize(view.factors.size());
    std::iota(view.stored.begin(), view.stored.end(), std::size_t{0});
    return view;
}

TensorView image_view(std::string activation, Shape shape) {
    TensorView view = plain_view(std::move(activation), std::move(shape));
    std::vector<std::size_t> axes;
    for (std::size_t axis = 2; axis < view.shape.size(); ++axis) axes.push_back(axis);
    axes.push_back(1);
    view.stored = factor_order(view, axes);
    return view;
}

std::vector<std::pair<std::size_t, std::size_t>> axis_factors(const TensorView& view) {
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    std::size_t next = 0;
    for (const std::int64_t size : view.shape) {
        const std::size_t first = next;
        for (std::int64_t product = 1; product < size; ++next) product *= view.factors.at(next);
        ranges.emplace_back(first, next);
    }
    return ranges;
}

std::vector<std::size_t> factor_order(const TensorView& view,
                                      const std::vector<std::size_t>& axes) {
    const auto ranges = axis_factors(view);
    std::vector<std::size_t> order;
    for (const std::size_t axis : axes)
        for (std::size_t f = ranges[axis].first; f < ranges[axis].second; ++f) order.push_back(f);
    return order;
}

std::optional<TensorView> refined(const TensorView& view, const std::vector<std::int64_t>& sizes) {
    TensorView result = view;
    result.factors.clear();
    std::vector<std::vector<std::size_t>> parts(view.factors.size());  // of each old factor
    std::size_t at = 0;
    std::int64_t left = 1;  // what is left of sizes[at - 1]
    for (std::size_t f = 0; f < view.factors.size(); ++f) {
        std::int64_t rest = view.factors[f];
        while (rest > 1) {
            while (left == 1 && at < sizes.size()) left = sizes[at++];
            const std::int64_t piece = std::min(rest, left);
            if (piece <= 1 || rest % piece != 0 || left % piece != 0) return std::nullopt;
            parts[f].push_back(result.factors.size());
            result.factors.push_back(piece);
            rest /= piece;
            left /= piece;
        }
    }
    result.stored.clear();
    for (const std::size_t f : view.stored)
        result.stored.insert(result.stored.end(), parts[f].begin(), parts[f].end());
    return result;
}

TensorView merged(const TensorView& view) {
    std::vector<std::size_t> axis_of(view.factors.size());
    const auto ranges = axis_factors(view);
    for (std::size_t axis = 0; axis < ranges.size(); ++axis)
        for (std::size_t f = ranges[axis].first; f < ranges[axis].second; ++f) axis_of[f] = axis;
    // Factor f joins f-1 when it is stored right behind it.
    std::vector<bool> joins(view.factors.size(), false);
    for (std::size_t i = 1; i < view.stored.size(); ++i) {
        const std::size_t f = view.stored[i];
        joins[f] = f > 0 && view.stored[i - 1] == f - 1 && axis_of[f] == axis_of[f - 1];
    }
    TensorView result = view;
    result.factors.clear();
    std::vector<std::size_t> renamed(view.factors.size());
    for (std::size_t f = 0; f < view.factors.size(); ++f) {
        if (joins[f])
            result.factors.back() *= view.factors[f];
        else
            result.factors.push_back(view.factors[f]);
        renamed[f] = result.factors.size() - 1;
    }
    result.stored.clear();
    for (const std::size_t f : view.stored)
        if (!joins[f]) result.stored.push_back(renamed[f]);
    return result;
}

std::optional<TensorView> reshaped(const TensorView& view, const Shape& shape) {
    auto result = refined(view, shape);
    if (!result) return std::nullopt;
    result->shape = shape;
    return merged(*result);
}

TensorView transposed(const TensorView& view, const std::vector<std::size_t>& axes) {
    TensorView result = view;
    const auto order = factor_order(view, axes);  // new place -> old factor
    std::vector<std::size_t> place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        result.factors[i] = view.factors[order[i]];
    }
    for (std::size_t i = 0; i < axes.size(); ++i) result.shape[i] = view.shape[axes[i]];
    for (auto& f : result.stored) f = place[f];
    return result;
}

}  // namespace bitloom
