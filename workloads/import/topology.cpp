// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/topology.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "models/base/error.h"
#include "models/base/output_file.h"

namespace bitloom {
namespace {

constexpr std::int64_t largest = 1 << 24;  // of one size

std::string trimmed(std::string text) {
    const char* blank = " \t\r";
    text.erase(0, text.find_first_not_of(blank) == std::string::npos
                      ? text.size()
                      : text.find_first_not_of(blank));
    text.erase(text.find_last_not_of(blank) + 1);
    return text;
}

std::vector<std::string> fields(const std::string& line, char separator) {
    std::vector<std::string> result;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, separator);)
        result.push_back(trimmed(field));
    return result;
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// One file: the place for errors and the network so far.
class Topology {
public:
    explicit Topology(const std::filesystem::path& path) : file_(path.string()) {
        network_.name = path.stem().string();
        network_.shape_only = true;
    }

    void header(const std::string& line) {
        separator_ = line.find(',') == std::string::npos && line.find('\t') != std::string::npos
                         ? '\t'
                         : ',';
        auto names = fields(lower(line), separator_);
        while (!names.empty() && names.back().empty()) names.pop_back();
        static const std::vector<std::string> conv{"ifmap height", "ifmap width", "filter height",
                                                   "filter width", "channels",    "num filter",
                                                   "strides"};
        static const std::vector<std::string> gemm{"m", "n", "k"};
        for (const auto* columns : {&conv, &gemm})
            if (names.size() > columns->size() &&
                std::equal(columns->begin(), columns->end(), names.begin() + 1)) {
                columns_ = *columns;
                return;
            }
        wrong(
            "header is not that of a topology: must be 'Layer name, IFMAP Height, IFMAP Width, "
            "Filter Height, Filter "
            "Width, Channels, Num Filter, Strides' or 'Layer, M, N, K'");
    }

    void layer(const std::string& line) {
        const auto values = fields(line, separator_);
        if (std::all_of(values.begin(), values.end(), [](const auto& v) { return v.empty(); }))
            return;
        if (values.size() <= columns_.size())
            wrong("{} fields: must be a name and {} numbers", values.size(), columns_.size());
        if (values[0].empty()) wrong("the layer has no name");
        std::vector<std::int64_t> sizes;
        for (std::size_t i = 0; i < columns_.size(); ++i)
            sizes.push_back(size(columns_[i], values[i + 1]));
        Node node;
        node.name = values[0];
        for (int i = 2; !names_.insert(node.name).second; ++i)
            node.name = fmt::format("{}.{}", values[0], i);
        node.inputs = {node.name + "/input"};
        node.output = node.name;
        node.weights = node.name + "/weights";
        columns_.size() == 3 ? gemm(node, sizes) : conv(node, sizes);
        append(network_, node);
        const GemmShape shape = gemm_shape(network_, node);
        std::int64_t product = shape.m;
        for (const auto factor : {shape.n, shape.k})
            if (__builtin_mul_overflow(product, factor, &product))
                wrong("layer '{}' is too large to count", node.name);
    }

    void at(int line) { line_ = line; }
    bool has_header() const { return !columns_.empty(); }

    Network finish() {
        if (network_.nodes.empty()) fail("{}: has no layers", file_);
        network_.input = network_.nodes.front().inputs[0];
        network_.output = network_.nodes.back().output;
        check(network_);
        return std::move(network_);
    }

private:
    template <class... Args>
    [[noreturn]] void wrong(fmt::format_string<Args...> text, Args&&... args) const {
        fail("{}:{}: {}", file_, line_, fmt::format(text, std::forward<Args>(args)...));
    }

    std::int64_t size(const std::string& column, const std::string& text) const {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || value < 1 ||
            value > largest)
            wrong("{} = '{}': must be 1..{}", column, text, largest);
        return value;
    }

    void conv(Node& node, const std::vector<std::int64_t>& s) {
        if (s[2] > s[0] || s[3] > s[1])
            wrong("layer '{}': filter {}x{} does not fit the input {}x{}", node.name, s[2], s[3],
                  s[0], s[1]);
        node.op = Operator::conv2d;
        node.window.kernel_h = s[2];
        node.window.kernel_w = s[3];
        node.window.stride_h = node.window.stride_w = s[6];
        network_.shapes[node.inputs[0]] = {s[0], s[1], s[4]};
        network_.constants[node.weights] = {{s[5], s[2], s[3], s[4]}, {}};
    }

    void gemm(Node& node, const std::vector<std::int64_t>& s) {
        node.op = Operator::gemm;
        network_.shapes[node.inputs[0]] = {s[0], s[2]};
        network_.constants[node.weights] = {{s[1], s[2]}, {}};
    }

    std::string file_;
    int line_ = 0;
    char separator_ = ',';
    std::vector<std::string> columns_;
    std::set<std::string> names_;
    Network network_;
};

}  // namespace

Network import_topology(const std::filesystem::path& path) {
    std::string text = read_file(path);
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // a byte-order mark
    Topology topology(path);
    std::istringstream stream(text);
    int number = 0;
    for (std::string line; std::getline(stream, line);) {
        topology.at(++number);
        line = line.substr(0, line.find('#'));
        if (trimmed(line).empty()) continue;
        topology.has_header() ? topology.layer(line) : topology.header(line);
    }
    return topology.finish();
}

}  // namespace bitloom
