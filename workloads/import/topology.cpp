// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/topology.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "workloads/trace/names.h"

namespace bitloom {
namespace {

constexpr std::int64_t largest = 1 << 24;  // of one size

const std::vector<std::string> conv_columns{"input height", "input width", "filter height",
                                            "filter width", "channels",    "filters",
                                            "stride"};
const std::vector<std::string> gemm_columns{"M", "N", "K"};

// Spreadsheets leave blanks of every kind behind.
constexpr std::array<std::string_view, 8> blanks{
    " ", "\t", "\r", "\xC2\xA0", "\xE2\x80\x87", "\xE2\x80\xAF", "\xE3\x80\x80", "\xEF\xBB\xBF"};

std::string trimmed(std::string_view text) {
    const auto starts = [&](std::string_view blank) { return text.starts_with(blank); };
    const auto ends = [&](std::string_view blank) { return text.ends_with(blank); };
    for (auto at = blanks.begin();
         (at = std::find_if(blanks.begin(), blanks.end(), starts)) != blanks.end();)
        text.remove_prefix(at->size());
    for (auto at = blanks.begin();
         (at = std::find_if(blanks.begin(), blanks.end(), ends)) != blanks.end();)
        text.remove_suffix(at->size());
    return std::string(text);
}

// Without the empty ones at the end.
std::vector<std::string> fields(const std::string& line, char separator) {
    std::vector<std::string> result;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, separator);)
        result.push_back(trimmed(field));
    while (!result.empty() && result.back().empty()) result.pop_back();
    return result;
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// One line of the file.
struct Row {
    std::string name;
    std::vector<std::int64_t> sizes;  // of conv_columns or gemm_columns
    std::int64_t stride_w = 0;        // convolutions
    std::int64_t batch = 1;
};

// One file: the place for errors and the network so far.
class Topology {
public:
    explicit Topology(const std::filesystem::path& path) : file_(path.string()) {
        network_.name = path.stem().string();
        network_.shape_only = true;
    }

    void line(int number, const std::string& text) {
        line_ = number;
        if (trimmed(text).empty()) return;
        columns_ ? layer(text) : header(text);
    }

    Network finish() {
        if (network_.nodes.empty()) fail("{}: has no layers", file_);
        network_.input = network_.nodes.front().inputs[0];
        network_.output = network_.nodes.back().output;
        try {
            check(network_);
        } catch (const Error& error) {
            fail("{}: {}", file_, error.what());
        }
        return std::move(network_);
    }

private:
    template <class... Args>
    [[noreturn]] void wrong(fmt::format_string<Args...> text, Args&&... args) const {
        fail("{}:{}: {}", file_, line_, fmt::format(text, std::forward<Args>(args)...));
    }

    void header(const std::string& line) {
        separator_ = line.find(',') == std::string::npos && line.find('\t') != std::string::npos
                         ? '\t'
                         : ',';
        header_ = fields(lower(line), separator_);
        if (header_.size() > 3 && std::all_of(header_.begin() + 1, header_.end(), is_number))
            wrong("is a layer: the first line is a header, which SCALE-Sim does not read");
        std::set<std::string> sizes;
        if (header_.size() > 3) sizes.insert(header_.begin() + 1, header_.begin() + 4);
        if (sizes == std::set<std::string>{"m", "n", "k"}) {
            if (header_[1] != "m" || header_[2] != "n")
                wrong("header says {}, {}, {}: SCALE-Sim reads these columns as M, N, K",
                      header_[1], header_[2], header_[3]);
            columns_ = &gemm_columns;
        } else if (header_.size() > conv_columns.size()) {
            columns_ = &conv_columns;
        } else {
            wrong("header of {} columns: must be a name and {}, or a name and M, N, K",
                  header_.size(), fmt::join(conv_columns, ", "));
        }
    }

    void layer(const std::string& line) {
        const auto values = fields(line, separator_);
        const bool section = values.size() == 1;
        if (values.empty() || section) return;
        if (values.size() <= columns_->size())
            wrong("{} fields: must be a name and {} numbers", values.size(), columns_->size());
        if (values[0].empty()) wrong("the layer has no name");
        Row row;
        row.name = unique_name(values[0]);
        for (std::size_t i = 0; i < columns_->size(); ++i)
            row.sizes.push_back(size((*columns_)[i], values[i + 1]));
        row.stride_w = row.sizes.back();
        for (std::size_t i = columns_->size() + 1; i < values.size(); ++i)
            if (!values[i].empty()) extra(row, i < header_.size() ? header_[i] : "", values[i]);
        Node node;
        node.name = row.name;
        node.inputs = {node.name + "/input"};
        node.output = node.name;
        node.weights = node.name + "/weights";
        is_gemm() ? gemm(node, row) : conv(node, row);
        try {
            append(network_, node);
        } catch (const Error& error) {
            wrong("{}", error.what());
        }
    }

    bool is_gemm() const { return columns_ == &gemm_columns; }

    std::string unique_name(const std::string& name) {
        std::string result = name;
        for (int& next = next_[name]; !names_.insert(result).second;)
            result = fmt::format("{}.{}", name, next = std::max(next + 1, 2));
        return result;
    }

    // A column behind those that every layer has.
    void extra(Row& row, const std::string& column, const std::string& value) {
        const auto is = [&](const char* word) { return column.find(word) != std::string::npos; };
        if (is("spars") || value.find(':') != std::string::npos) {
            const auto colon = value.find(':');
            const std::string kept = trimmed(value.substr(0, colon)),
                              of = colon == std::string::npos ? ""
                                                              : trimmed(value.substr(colon + 1));
            if (!is_number(kept) || !is_number(of))
                wrong("sparsity = {}: must be N:M", shown(value));
            if (kept != of)
                wrong(
                    "layer {}: sparsity {}: no chip here leaves out weights of an N:M pattern: "
                    "must be dense, {}:{}",
                    shown(row.name), value, of, of);
        } else if (is("batch")) {
            row.batch = size("batch", value);
        } else if (is("stride") && !is_gemm()) {
            row.stride_w = size("stride of the width", value);
        } else {
            for (const char* word : {"pad", "dilation", "group", "density"})
                if (is(word))
                    wrong("layer {}: column {} = {}: SCALE-Sim has no such column: must be empty",
                          shown(row.name), shown(column), shown(value));
        }
    }

    std::int64_t size(const std::string& column, const std::string& text) const {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || value < 1 ||
            value > largest)
            wrong("{} = {}: must be 1..{}", column, shown(text), largest);
        return value;
    }

    void conv(Node& node, const Row& row) {
        const auto& s = row.sizes;
        std::int64_t height = s[0];
        const std::int64_t width = s[1], kernel_h = s[2], kernel_w = s[3], stride_h = s[6];
        if (kernel_h > height || kernel_w > width)
            wrong("layer {}: filter {}x{} does not fit the input {}x{}", shown(node.name), kernel_h,
                  kernel_w, height, width);
        if (row.batch != 1) {
            // Rows of all images below each other: no window of one row reaches into the next
            // image.
            if (kernel_h != 1 || stride_h != 1)
                wrong(
                    "layer {}: batch of {}: a run has one image: must be 1 for a filter of more "
                    "than one row or a stride above 1",
                    shown(node.name), row.batch);
            height *= row.batch;
        }
        // The name decides, as in SCALE-Sim.
        const bool depthwise = row.name.find("DP") != std::string::npos;
        const std::int64_t channels = s[4], filters = s[5];
        node.op = Operator::conv2d;
        node.groups = depthwise ? channels : 1;
        node.window.kernel_h = kernel_h;
        node.window.kernel_w = kernel_w;
        node.window.stride_h = stride_h;
        node.window.stride_w = row.stride_w;
        // What is missing for a last whole window.
        node.window.pad_bottom = (stride_h - (height - kernel_h) % stride_h) % stride_h;
        node.window.pad_right = (row.stride_w - (width - kernel_w) % row.stride_w) % row.stride_w;
        network_.shapes[node.inputs[0]] = {height, width, channels};
        network_.constants[node.weights] = {{depthwise ? channels * filters : filters, kernel_h,
                                             kernel_w, depthwise ? 1 : channels},
                                            {}};
    }

    void gemm(Node& node, const Row& row) {
        node.op = Operator::gemm;
        network_.shapes[node.inputs[0]] = {row.sizes[0] * row.batch, row.sizes[2]};
        network_.constants[node.weights] = {{row.sizes[1], row.sizes[2]}, {}};
    }

    std::string file_;
    int line_ = 0;
    char separator_ = ',';
    std::vector<std::string> header_;                    // in small letters
    const std::vector<std::string>* columns_ = nullptr;  // null: before the header
    std::set<std::string> names_;
    std::map<std::string, int> next_;  // the number of the next layer of that name
    Network network_;
};

}  // namespace

Network import_topology(const std::filesystem::path& path) {
    Topology topology(path);
    std::istringstream stream(read_text(path));
    int number = 0;
    for (std::string line; std::getline(stream, line);)
        topology.line(++number, line.substr(0, line.find('#')));
    return topology.finish();
}

}  // namespace bitloom
