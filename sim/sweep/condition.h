// SPDX-License-Identifier: Apache-2.0
// Conditions between the parameters of a sweep:
//
//     array.rows * array.columns <= 4096 and not (chip == olive or scheme == 'int8')
//     weight_buffer.bytes + activation_buffer.bytes <= 512KiB
//
// or and not, == != < <= > >=, + - * / %, brackets; numbers with units, parameters by their names,
// text in quotes or, next to == and !=, a bare word that the parameter on the other side may have.
// Numbers are compared as doubles, in the smallest unit of their kind: exact below 2^53.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// What a condition may refer to.
struct Scope {
    std::vector<std::string> names;  // parameters
    // Whether `text` is one of the listed values of a parameter; true where it has no list.
    std::function<bool(std::string_view name, std::string_view text)> may_be;
};

class Condition {
public:
    // Throws Error that says what is wrong, without the place.
    Condition(std::string_view text, const Scope& scope);

    // The parameters that it mentions.
    const std::set<std::string>& names() const { return names_; }

    // The value of a parameter in a point; nothing when the point does not have it.
    using Lookup = std::function<const std::string*(std::string_view name)>;
    // Nothing when the point lacks a parameter that is mentioned. Throws Error when the values do
    // not fit together ("'ant' is no number", a size compared with a time).
    std::optional<bool> holds(const Lookup& lookup) const;

    struct Node;

private:
    std::set<std::string> names_;  // before root_, whose making fills it
    std::shared_ptr<const Node> root_;
};

}  // namespace bitloom
