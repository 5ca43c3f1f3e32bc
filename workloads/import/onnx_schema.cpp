// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/onnx_schema.h"

#include <algorithm>
#include <map>
#include <sstream>

namespace bitloom {
namespace {

OnnxAttributeSchema parsed(const std::string& word) {
    OnnxAttributeSchema result;
    const auto colon = word.find(':'), equals = word.find('=');
    result.name = word.substr(0, colon);
    result.type = word.substr(colon + 1, equals == std::string::npos ? equals : equals - colon - 1);
    if (equals != std::string::npos) result.otherwise = word.substr(equals + 1);
    if (result.type.ends_with('!')) {
        result.required = true;
        result.type.pop_back();
    }
    return result;
}

// By operator, oldest first.
const std::map<std::string, std::vector<OnnxSchema>>& table() {
    static const auto schemas = [] {
        std::map<std::string, std::vector<OnnxSchema>> result;
        for (const OnnxSchemaRow& row : onnx_schema_rows()) {
            OnnxSchema schema{row.op,
                              row.since,
                              static_cast<std::size_t>(row.min_inputs),
                              static_cast<std::size_t>(row.max_inputs),
                              static_cast<std::size_t>(row.min_outputs),
                              static_cast<std::size_t>(row.max_outputs),
                              {}};
            std::istringstream words(row.attributes);
            for (std::string word; words >> word;) schema.attributes.push_back(parsed(word));
            result[row.op].push_back(std::move(schema));
        }
        return result;
    }();
    return schemas;
}

}  // namespace

const OnnxAttributeSchema* OnnxSchema::attribute(const std::string& name) const {
    const auto found = std::find_if(attributes.begin(), attributes.end(),
                                    [&](const auto& known) { return known.name == name; });
    return found == attributes.end() ? nullptr : &*found;
}

const OnnxSchema* onnx_schema(const std::string& op, std::int64_t opset) {
    const auto found = table().find(op);
    if (found == table().end()) return nullptr;
    const OnnxSchema* newest = nullptr;
    for (const OnnxSchema& schema : found->second)
        if (schema.since <= opset) newest = &schema;
    return newest;
}

std::int64_t first_opset(const std::string& op) {
    const auto found = table().find(op);
    return found == table().end() ? 0 : found->second.front().since;
}

}  // namespace bitloom
