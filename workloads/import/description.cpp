// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/description.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <sstream>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "models/base/text.h"

namespace bitloom {
namespace {

constexpr std::int64_t largest_size = 1 << 24;
constexpr std::size_t most_lines = 100000;  // after repeats

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
    if (!text.empty() && text.back() == separator) parts.emplace_back();
    return parts;
}

class Description {
public:
    explicit Description(std::string file) : file_(std::move(file)) { network_.shape_only = true; }

    void statement(int line, const std::string& text) {
        line_ = line;
        std::istringstream stream(text);
        std::string word;
        stream >> op_ >> name_;
        options_.clear();
        used_.clear();
        for (; stream >> word;) {
            const auto equals = word.find('=');
            const std::string key = word.substr(0, equals);
            const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
            if (!options_.emplace(key, value).second) wrong("'{}' is given twice", key);
        }
        if (name_.empty()) wrong("'{}' needs a name", op_);
        if (network_.name.empty() != (op_ == "network"))
            wrong("the first statement, and only the first, must be 'network NAME'");
        static const std::map<std::string, void (Description::*)()> table{
            {"network", &Description::network}, {"input", &Description::input},
            {"conv", &Description::conv},       {"gemm", &Description::gemm},
            {"matmul", &Description::matmul},   {"add", &Description::add},
            {"concat", &Description::concat},   {"maxpool", &Description::pool},
            {"avgpool", &Description::pool},    {"softmax", &Description::unary},
            {"gelu", &Description::unary},      {"norm", &Description::norm},
            {"relu", &Description::relu},       {"position", &Description::position},
            {"reshape", &Description::reshape}, {"transpose", &Description::transpose},
            {"heads", &Description::heads},     {"unheads", &Description::unheads},
            {"first", &Description::first},     {"save", &Description::save},
        };
        const auto found = table.find(op_);
        if (found == table.end()) {
            std::vector<std::string> known{"repeat", "end"};
            for (const auto& [name, rule] : table) known.push_back(name);
            wrong("unknown statement '{}'{}", op_, did_you_mean(op_, known));
        }
        if (refuses_keys()) return;
        (this->*found->second)();
        for (const auto& [key, value] : options_)
            if (!used_.contains(key)) wrong("'{}' does not take '{}'", op_, key);
    }

    Network finish() {
        if (!wrong_keys_.empty()) fail("{}", wrong_keys_);
        if (network_.nodes.empty()) fail("{}: has no layers", file_);
        network_.output = latest_;
        check(network_);
        return std::move(network_);
    }

private:
    // Keys that a statement needs and does not have, and the other way round, are told for all
    // statements at once. After the first of these, others are read for their keys alone.
    bool refuses_keys() {
        struct Keys {
            std::vector<std::string> needed, optional;
        };
        static const std::map<std::string, Keys> table{
            {"conv", {{"oc", "k"}, {"in", "s", "p", "g", "relu"}}},
            {"gemm", {{"n"}, {"in", "relu"}}},
            {"matmul", {{"in"}, {"transpose_b", "scale"}}},
            {"add", {{"in"}, {"relu"}}},
            {"concat", {{"in"}, {}}},
            {"maxpool", {{"k"}, {"in", "s", "p"}}},
            {"avgpool", {{"k"}, {"in", "s", "p"}}},
            {"reshape", {{"shape"}, {"in"}}},
            {"transpose", {{"perm"}, {"in"}}},
            {"heads", {{"count"}, {"in"}}},
        };
        const auto found = table.find(op_);
        if (found == table.end()) return !wrong_keys_.empty();
        const auto tell = [this](const std::string& text) {
            if (wrong_keys_.size() > 4000) return;  // a reader has enough
            wrong_keys_ += wrong_keys_.empty() ? fmt::format("{}:{}: {}", file_, line_, text)
                                               : fmt::format("; line {}: {}", line_, text);
        };
        std::string missing;
        for (const std::string& key : found->second.needed)
            if (!options_.contains(key)) missing += " " + key + "=";
        if (!missing.empty()) tell(fmt::format("'{}' needs{}", op_, missing));
        for (const auto& [key, value] : options_) {
            const auto lists = {&found->second.needed, &found->second.optional};
            const bool known = std::ranges::any_of(lists, [&key = key](const auto* list) {
                return std::ranges::find(*list, key) != list->end();
            });
            if (!known) tell(fmt::format("'{}' does not take '{}'", op_, key));
        }
        return !wrong_keys_.empty();
    }

    template <class... Args>
    [[noreturn]] void wrong(fmt::format_string<Args...> text, Args&&... args) const {
        fail("{}:{}: {}", file_, line_, fmt::format(text, std::forward<Args>(args)...));
    }

    bool given(const std::string& key) {
        used_.insert(key);
        return options_.contains(key);
    }
    bool flag(const std::string& key) {
        if (!given(key)) return false;
        if (!options_.at(key).empty()) wrong("'{}' takes no value", key);
        return true;
    }
    std::string value(const std::string& key) {
        if (!given(key)) wrong("'{}' needs {}=", op_, key);
        return options_.at(key);
    }
    std::int64_t number(const std::string& text, const std::string& key, std::int64_t low) const {
        std::int64_t result = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
        if (error != std::errc{} || end != text.data() + text.size() || result < low ||
            result > largest_size)
            wrong("{} = '{}': must be {}..{}", key, text, low, largest_size);
        return result;
    }
    std::int64_t integer(const std::string& key, std::int64_t otherwise) {
        return given(key) ? number(options_.at(key), key, 1) : otherwise;
    }
    Shape sizes(const std::string& text, const std::string& key, std::int64_t low) const {
        Shape shape;
        for (const auto& part : split(text, 'x')) shape.push_back(number(part, key, low));
        if (shape.empty() || shape.size() > 4)
            wrong("{} = '{}': must have 1 to 4 sizes", key, text);
        return shape;
    }
    // "3x1", or "3" for both.
    std::pair<std::int64_t, std::int64_t> pair(const std::string& key, std::int64_t otherwise,
                                               std::int64_t low) {
        if (!given(key)) return {otherwise, otherwise};
        const Shape both = sizes(options_.at(key), key, low);
        if (both.size() > 2) wrong("{} = '{}': must be one size or two", key, options_.at(key));
        return {both.front(), both.back()};
    }

    std::string resolve(const std::string& name) const {
        const auto alias = aliases_.find(name);
        const std::string activation = name == "."               ? latest_
                                       : alias != aliases_.end() ? alias->second
                                                                 : name;
        if (!network_.shapes.contains(activation)) wrong("'{}' is no result so far", name);
        return activation;
    }
    std::vector<std::string> inputs() {
        if (!given("in")) {
            if (latest_.empty()) wrong("there is no result to read yet");
            return {latest_};
        }
        std::vector<std::string> result;
        for (const auto& name : split(options_.at("in"), ',')) result.push_back(resolve(name));
        if (result.empty()) wrong("in= names nothing");
        return result;
    }
    std::string one_input() {
        const auto names = inputs();
        if (names.size() != 1) wrong("'{}' has {} inputs: must be 1", op_, names.size());
        return names.front();
    }
    const Shape& shape(const std::string& activation) const {
        return network_.shapes.at(activation);
    }

    // Adds the node under the statement's name; with a suffix where the statement is several nodes.
    std::string emit(Node node, const std::string& suffix = "") {
        if (node.name.empty()) node.name = name_ + suffix;
        node.output = name_ + suffix;
        if (network_.shapes.contains(node.output) && node.op != Operator::reshape)
            wrong("'{}' is there already", node.output);
        try {
            append(network_, node);
        } catch (const Error& error) {
            wrong("{}", error.what());
        }
        return latest_ = node.output;
    }
    void emit_clamped(Node node) {
        if (!flag("relu")) {
            emit(std::move(node));
            return;
        }
        node.name = name_;
        Node clamp;
        clamp.name = name_ + "/relu";
        clamp.op = Operator::clamp;
        clamp.clamp_high = std::numeric_limits<double>::infinity();
        clamp.inputs = {emit(std::move(node), "/linear")};
        emit(std::move(clamp));
    }
    std::string emit_reshape(const std::string& from, Shape to, const std::string& suffix = "") {
        if (network_.shapes.contains(name_ + suffix))
            wrong("'{}' is there already", name_ + suffix);
        network_.shapes[name_ + suffix] = std::move(to);
        Node node;
        node.op = Operator::reshape;
        node.inputs = {from};
        return emit(std::move(node), suffix);
    }
    std::string emit_transpose(const std::string& from, std::vector<std::int64_t> permutation,
                               const std::string& suffix = "") {
        Node node;
        node.op = Operator::transpose;
        node.inputs = {from};
        node.permutation = std::move(permutation);
        return emit(std::move(node), suffix);
    }
    std::string constant(const std::string& what, Shape size) {
        const std::string name = name_ + "/" + what;
        network_.constants[name] = {std::move(size), {}};
        return name;
    }

    void network() { network_.name = name_; }

    void input() {
        if (options_.size() != 1 || !options_.begin()->second.empty())
            wrong("'input' needs a name and a shape");
        if (network_.shapes.contains(name_)) wrong("'{}' is there already", name_);
        used_.insert(options_.begin()->first);
        network_.shapes[name_] = sizes(options_.begin()->first, "shape", 1);
        if (network_.input.empty()) network_.input = name_;
        latest_ = name_;
    }

    Window window(const Shape& in) {
        Window w;
        if (given("k") && options_.at("k") == "all") {
            w.kernel_h = in[0];
            w.kernel_w = in[1];
        } else {
            const Shape kernel = sizes(value("k"), "k", 1);
            if (kernel.size() != 2) wrong("k = '{}': must be HxW", value("k"));
            w.kernel_h = kernel[0];
            w.kernel_w = kernel[1];
        }
        std::tie(w.stride_h, w.stride_w) = pair("s", 1, 1);
        std::tie(w.pad_top, w.pad_left) = pair("p", 0, 0);
        w.pad_bottom = w.pad_top;
        w.pad_right = w.pad_left;
        return w;
    }
    Shape image_shape(const std::string& activation) const {
        if (shape(activation).size() != 3)
            wrong("'{}' has shape {}: must be an image", activation, to_string(shape(activation)));
        return shape(activation);
    }

    void conv() {
        Node node;
        node.op = Operator::conv2d;
        node.inputs = {one_input()};
        const Shape in = image_shape(node.inputs[0]);
        node.window = window(in);
        node.groups = integer("g", 1);
        const std::int64_t outputs = number(value("oc"), "oc", 1);
        if (in[2] % node.groups != 0)
            wrong("g = {}: does not divide {} channels", node.groups, in[2]);
        node.weights = constant(
            "weights", {outputs, node.window.kernel_h, node.window.kernel_w, in[2] / node.groups});
        node.bias = constant("bias", {outputs});
        emit_clamped(std::move(node));
    }

    void gemm() {
        Node node;
        node.op = Operator::gemm;
        std::string from = one_input();
        if (shape(from).size() == 3)
            from = emit_reshape(from, {element_count(shape(from))}, "/flat");
        node.inputs = {from};
        const std::int64_t outputs = number(value("n"), "n", 1);
        node.weights = constant("weights", {outputs, shape(from).back()});
        node.bias = constant("bias", {outputs});
        emit_clamped(std::move(node));
    }

    void matmul() {
        Node node;
        node.op = Operator::matmul;
        node.inputs = inputs();
        node.transpose_b = flag("transpose_b");
        if (given("scale")) {
            const std::string text = options_.at("scale");
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), node.multiplier);
            if (error != std::errc{} || end != text.data() + text.size() ||
                !std::isfinite(node.multiplier))
                wrong("scale = '{}': must be a number", text);
        }
        emit(std::move(node));
    }

    void add() {
        Node node;
        node.op = Operator::add;
        node.inputs = inputs();
        emit_clamped(std::move(node));
    }

    void concat() {
        Node node;
        node.op = Operator::concat;
        node.inputs = inputs();
        emit(std::move(node));
    }

    void pool() {
        Node node;
        node.op = op_ == "maxpool" ? Operator::max_pool : Operator::average_pool;
        node.inputs = {one_input()};
        node.window = window(image_shape(node.inputs[0]));
        emit(std::move(node));
    }

    void unary() {
        Node node;
        node.op = op_ == "gelu" ? Operator::gelu : Operator::softmax;
        node.inputs = {one_input()};
        emit(std::move(node));
    }

    void norm() {
        Node node;
        node.op = Operator::layer_norm;
        node.inputs = {one_input()};
        node.gamma = constant("gamma", {shape(node.inputs[0]).back()});
        node.beta = constant("beta", {shape(node.inputs[0]).back()});
        emit(std::move(node));
    }

    void relu() {
        Node node;
        node.op = Operator::clamp;
        node.clamp_high = std::numeric_limits<double>::infinity();
        node.inputs = {one_input()};
        emit(std::move(node));
    }

    void position() {
        Node node;
        node.op = Operator::add;
        node.inputs = {one_input()};
        node.constant = constant("constant", shape(node.inputs[0]));
        emit(std::move(node));
    }

    void reshape() {
        const std::string from = one_input();
        emit_reshape(from, sizes(value("shape"), "shape", 1));
    }

    void transpose() {
        std::vector<std::int64_t> permutation;
        for (const auto& axis : split(value("perm"), ','))
            permutation.push_back(number(axis, "perm", 0));
        emit_transpose(one_input(), std::move(permutation));
    }

    void heads() {
        const std::string from = one_input();
        const Shape in = shape(from);
        const std::int64_t count = number(value("count"), "count", 1);
        if (in.size() != 2 || in[1] % count != 0)
            wrong("{} heads do not divide a result of shape {}", count, to_string(in));
        emit_transpose(emit_reshape(from, {in[0], count, in[1] / count}, "/split"), {1, 0, 2});
    }

    void unheads() {
        const std::string from = one_input();
        const Shape in = shape(from);
        if (in.size() != 3) wrong("'{}' has shape {}: must have three axes", from, to_string(in));
        emit_reshape(emit_transpose(from, {1, 0, 2}, "/tokens"), {in[1], in[0] * in[2]});
    }

    void first() {
        const std::string from = one_input();
        const Shape in = shape(from);
        if (in.size() != 2)
            wrong("'{}' has shape {}: must be tokens x features", from, to_string(in));
        Node node;
        node.op = Operator::max_pool;
        node.inputs = {emit_reshape(from, {in[0], 1, in[1]}, "/column")};
        node.window.stride_h = in[0];
        emit_reshape(emit(std::move(node), "/row"), {in[1]});
    }

    void save() {
        if (latest_.empty()) wrong("there is no result to name yet");
        if (network_.shapes.contains(name_)) wrong("'{}' is the name of a result", name_);
        aliases_[name_] = latest_;
    }

    std::string file_;
    std::string wrong_keys_;  // of all statements so far
    int line_ = 0;
    std::string op_, name_;
    std::map<std::string, std::string> options_;
    std::set<std::string> used_;
    std::string latest_;
    std::map<std::string, std::string> aliases_;
    Network network_;
};

struct Line {
    int number;
    std::string text;
};

// The statements with every repeat written out.
std::vector<Line> unrolled(std::string_view text, const std::string& file) {
    std::vector<Line> result, body;
    std::string variable;
    std::int64_t first = 0, last = -1;
    int number = 0, opened = 0;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) {
        ++number;
        line = line.substr(0, line.find('#'));
        std::istringstream words(line);
        std::string word, rest;
        if (!(words >> word)) continue;
        if (word == "repeat") {
            if (opened) fail("{}:{}: 'repeat' inside the one of line {}", file, number, opened);
            if (!(words >> variable >> first >> last) || words >> rest || first < 0 ||
                last < first || last > 1000)
                fail("{}:{}: must be 'repeat VARIABLE FIRST LAST' with 0 <= FIRST <= LAST <= 1000",
                     file, number);
            opened = number;
        } else if (word == "end") {
            if (!opened) fail("{}:{}: 'end' without 'repeat'", file, number);
            for (std::int64_t i = first; i <= last; ++i)
                for (Line copy : body) {
                    const std::string mark = "{" + variable + "}";
                    for (std::size_t at; (at = copy.text.find(mark)) != std::string::npos;)
                        copy.text.replace(at, mark.size(), std::to_string(i));
                    result.push_back(std::move(copy));
                    if (result.size() > most_lines)
                        fail("{}:{}: more than {} statements", file, number, most_lines);
                }
            body.clear();
            opened = 0;
        } else {
            (opened ? body : result).push_back({number, line});
        }
    }
    if (opened) fail("{}:{}: 'repeat' without 'end'", file, opened);
    return result;
}

}  // namespace

Network parse_description(std::string_view text, const std::string& file) {
    Description description(file);
    for (const Line& line : unrolled(text, file)) description.statement(line.number, line.text);
    return description.finish();
}

Network load_description(const std::filesystem::path& path) {
    return parse_description(read_text(path), path.string());
}

}  // namespace bitloom
