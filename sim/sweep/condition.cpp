// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/condition.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/base/error.h"
#include "models/base/text.h"
#include "sim/sweep/decimal.h"

namespace bitloom {

struct Condition::Node {
    std::string op;  // an operator, or "number", "text", "name"
    std::string text;
    double number = 0.0;  // in the smallest unit of its family
    UnitFamily family = UnitFamily::none;
    std::vector<std::shared_ptr<const Node>> parts;
};

namespace {

using Node = Condition::Node;
using NodePointer = std::shared_ptr<const Node>;

// A user writes a handful; the limits keep the recursion over the tree shallow.
constexpr int deepest = 100;  // brackets, nots and minus signs
constexpr std::size_t most_tokens = 1000;

struct Token {
    enum class Kind { end, number, word, text, symbol } kind = Kind::end;
    std::string text;
    Decimal number;
};

bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_word(char c) {
    return is_word_start(c) || (c >= '0' && c <= '9') || c == '.';
}

std::vector<Token> tokens(std::string_view text) {
    std::vector<Token> result;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        std::size_t length = 0;
        if (c == ' ' || c == '\t') {
            ++at;
            continue;
        }
        Token token;
        if (c == '\'') {
            const std::size_t end = text.find('\'', at + 1);
            if (end == std::string_view::npos) fail("a quote is not closed: must be 'text'");
            token = {Token::Kind::text, std::string(text.substr(at + 1, end - at - 1)), {}};
            length = end + 1 - at;
        } else if (is_word_start(c)) {
            while (at + length < text.size() && is_word(text[at + length])) ++length;
            token = {Token::Kind::word, std::string(text.substr(at, length)), {}};
        } else if (c >= '0' && c <= '9') {
            const std::optional<Decimal> number = parse_decimal(text.substr(at), length);
            if (!number)
                fail("cannot read '{}': a number must be as 64, 0.5 or 64KiB", text.substr(at));
            token = {Token::Kind::number, std::string(text.substr(at, length)), *number};
        } else {
            const std::string_view two = text.substr(at, 2);
            const bool pair = two == "==" || two == "!=" || two == "<=" || two == ">=";
            length = pair ? 2 : 1;
            if (!pair && std::string_view("<>+-*/%()").find(c) == std::string_view::npos)
                fail("cannot read '{}': allowed are == != < <= > >= + - * / % ( ) and or not",
                     text.substr(at));
            token = {Token::Kind::symbol, std::string(text.substr(at, length)), {}};
        }
        result.push_back(std::move(token));
        at += length;
    }
    if (result.size() > most_tokens) fail("has more than {} words", most_tokens);
    result.emplace_back();
    return result;
}

// What a part of a condition is worth in one point.
struct Value {
    bool is_text = false;
    std::string text;
    double number = 0.0;
    UnitFamily family = UnitFamily::none;
};

bool is_comparison(std::string_view op) {
    return op == "==" || op == "!=" || op == "<" || op == "<=" || op == ">" || op == ">=";
}

bool is_truth(std::string_view op) {
    return is_comparison(op) || op == "and" || op == "or" || op == "not";
}

class Parser {
public:
    Parser(std::string_view text, const Scope& scope, std::set<std::string>& names)
        : tokens_(tokens(text)), scope_(scope), names_(names) {}

    NodePointer parse() {
        NodePointer node = truth_or();
        if (tokens_[at_].kind != Token::Kind::end) fail("unexpected '{}'", tokens_[at_].text);
        return as_truth(node);
    }

private:
    const Token& token() const { return tokens_[at_]; }

    bool take(std::string_view text) {
        const bool matches =
            (token().kind == Token::Kind::symbol || token().kind == Token::Kind::word) &&
            token().text == text;
        if (matches) ++at_;
        return matches;
    }

    static NodePointer make(std::string op, std::vector<NodePointer> parts) {
        auto node = std::make_shared<Node>();
        node->op = std::move(op);
        node->parts = std::move(parts);
        return node;
    }

    static NodePointer as_truth(NodePointer node) {
        if (!is_truth(node->op))
            fail("a comparison is missing: must be as array.rows <= 64, joined by and, or, not");
        return node;
    }
    static NodePointer as_value(NodePointer node) {
        if (is_truth(node->op)) fail("'{}' cannot be compared or computed with", node->op);
        return node;
    }

    NodePointer truth_or() {
        NodePointer left = truth_and();
        while (take("or")) left = make("or", {as_truth(left), as_truth(truth_and())});
        return left;
    }

    NodePointer truth_and() {
        NodePointer left = truth_not();
        while (take("and")) left = make("and", {as_truth(left), as_truth(truth_not())});
        return left;
    }

    NodePointer truth_not() {
        const Nested nested(*this);
        if (take("not")) return make("not", {as_truth(truth_not())});
        NodePointer left = sum();
        const std::string op = token().kind == Token::Kind::symbol ? token().text : "";
        if (!is_comparison(op)) return left;
        ++at_;
        NodePointer right = sum();
        resolve_words(left, right);
        resolve_words(right, left);
        return make(op, {as_value(left), as_value(right)});
    }

    // A bare word that is no parameter must be a value of the parameter that it is compared with.
    void resolve_words(NodePointer& word, const NodePointer& other) const {
        if (word->op != "text" && word->op != "word") return;
        const bool listed = other->op == "name" && scope_.may_be(other->text, word->text);
        if (other->op == "name" && !listed)
            fail("'{}' is no value of {}{}", word->text, other->text,
                 word->op == "word" ? " and no parameter" + did_you_mean(word->text, scope_.names)
                                    : std::string());
        if (word->op == "word" && !listed) unknown(word->text);
        auto text = std::make_shared<Node>(*word);
        text->op = "text";
        word = text;
    }

    [[noreturn]] void unknown(const std::string& word) const {
        fail("unknown parameter '{}'{}", word, did_you_mean(word, scope_.names));
    }

    NodePointer sum() {
        NodePointer left = product();
        while (token().kind == Token::Kind::symbol &&
               (token().text == "+" || token().text == "-")) {
            const std::string op = tokens_[at_++].text;
            left = make(op, {operand(left), operand(product())});
        }
        return left;
    }

    NodePointer product() {
        NodePointer left = atom();
        while (token().kind == Token::Kind::symbol &&
               (token().text == "*" || token().text == "/" || token().text == "%")) {
            const std::string op = tokens_[at_++].text;
            left = make(op, {operand(left), operand(atom())});
        }
        return left;
    }

    NodePointer operand(NodePointer node) const {
        if (node->op == "word") unknown(node->text);
        if (node->op == "text") fail("'{}' is no number", node->text);
        return as_value(node);
    }

    NodePointer atom() {
        const Nested nested(*this);
        if (take("(")) {
            NodePointer inside = truth_or();
            if (!take(")")) fail("a bracket is not closed");
            return inside;
        }
        if (take("-")) {
            auto zero = std::make_shared<Node>();
            zero->op = "negate";
            zero->parts = {operand(atom())};
            return zero;
        }
        auto node = std::make_shared<Node>();
        node->text = token().text;
        switch (token().kind) {
            case Token::Kind::end:
                fail("ends where a number, parameter or text must stand");
            case Token::Kind::symbol:
                fail("'{}' where a number, parameter or text must stand", token().text);
            case Token::Kind::number: {
                const SuffixMeaning unit = *suffix_meaning(token().number.suffix);
                node->op = "number";
                node->family = unit.family;
                node->number = token().number.value() * static_cast<double>(unit.factor);
                break;
            }
            case Token::Kind::text:
                node->op = "text";
                break;
            case Token::Kind::word: {
                if (node->text == "and" || node->text == "or" || node->text == "not")
                    fail("'{}' where a number, parameter or text must stand", node->text);
                const bool known = std::find(scope_.names.begin(), scope_.names.end(),
                                             node->text) != scope_.names.end();
                node->op = known ? "name" : "word";
                if (known) names_.insert(node->text);
                break;
            }
        }
        ++at_;
        return node;
    }

    struct Nested {
        explicit Nested(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > deepest) fail("nested more than {} deep", deepest);
        }
        ~Nested() { --parser_.depth_; }
        Nested(const Nested&) = delete;
        Nested& operator=(const Nested&) = delete;
        Parser& parser_;
    };

    const std::vector<Token> tokens_;
    const Scope& scope_;
    std::set<std::string>& names_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

const Value& number(const Value& value) {
    if (value.is_text) fail("'{}' is no number", value.text);
    return value;
}

Value compute(const std::string& op, const Value& a, const Value& b) {
    Value result;
    if (op == "*" || op == "/") {
        const bool ratio = op == "/" && a.family == b.family;
        if (!ratio && b.family != UnitFamily::none && (op == "/" || a.family != UnitFamily::none))
            fail("units that do not fit: {}", op);
        result.number = op == "*" ? a.number * b.number : a.number / b.number;
        result.family =
            ratio ? UnitFamily::none : (a.family != UnitFamily::none ? a.family : b.family);
    } else {
        if (a.family != b.family) fail("units that do not fit: {}", op);
        result.family = a.family;
        result.number = op == "+"   ? a.number + b.number
                        : op == "-" ? a.number - b.number
                                    : std::fmod(a.number, b.number);
    }
    if (!std::isfinite(result.number)) fail("division by zero or a number too large: {}", op);
    return result;
}

Value evaluate(const Node& node, const Condition::Lookup& lookup) {
    if (node.op == "number") return {false, node.text, node.number, node.family};
    if (node.op == "text") return {true, node.text, 0.0, UnitFamily::none};
    if (node.op == "name") {
        const std::string& text = *lookup(node.text);
        const std::optional<Decimal> read = parse_decimal(text);
        if (!read) return {true, text, 0.0, UnitFamily::none};
        const SuffixMeaning unit = *suffix_meaning(read->suffix);
        return {false, text, read->value() * static_cast<double>(unit.factor), unit.family};
    }
    if (node.op == "negate") {
        Value value = number(evaluate(*node.parts[0], lookup));
        value.number = -value.number;
        return value;
    }
    return compute(node.op, number(evaluate(*node.parts[0], lookup)),
                   number(evaluate(*node.parts[1], lookup)));
}

bool compare(const std::string& op, const Value& a, const Value& b) {
    if (a.is_text || b.is_text) {
        if (op == "==") return a.text == b.text;
        if (op == "!=") return a.text != b.text;
        fail("'{}' is no number: text has == and != only", a.is_text ? a.text : b.text);
    }
    if (a.family != b.family) fail("units that do not fit: {}", op);
    if (op == "==") return a.number == b.number;
    if (op == "!=") return a.number != b.number;
    if (op == "<") return a.number < b.number;
    if (op == "<=") return a.number <= b.number;
    if (op == ">") return a.number > b.number;
    return a.number >= b.number;
}

bool truth(const Node& node, const Condition::Lookup& lookup) {
    if (node.op == "not") return !truth(*node.parts[0], lookup);
    if (node.op == "and") return truth(*node.parts[0], lookup) && truth(*node.parts[1], lookup);
    if (node.op == "or") return truth(*node.parts[0], lookup) || truth(*node.parts[1], lookup);
    return compare(node.op, evaluate(*node.parts[0], lookup), evaluate(*node.parts[1], lookup));
}

}  // namespace

Condition::Condition(std::string_view text, const Scope& scope)
    : root_(Parser(text, scope, names_).parse()) {
}

std::optional<bool> Condition::holds(const Lookup& lookup) const {
    for (const std::string& name : names_)
        if (lookup(name) == nullptr) return std::nullopt;
    return truth(*root_, lookup);
}

}  // namespace bitloom
