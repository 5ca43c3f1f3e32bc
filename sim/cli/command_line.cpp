// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/command_line.h"

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {

namespace {

namespace po = boost::program_options;

// Moves every "--section.key value" from the tokens to the result.
KeyValues take_chip_keys(std::vector<std::string>& tokens) {
    KeyValues keys;
    std::vector<std::string> rest;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::string& token = tokens[i];
        if (token == "--") {  // only words follow
            rest.insert(rest.end(), tokens.begin() + static_cast<std::ptrdiff_t>(i), tokens.end());
            break;
        }
        const std::size_t equals = token.find('=');
        const std::string name = token.substr(0, equals);
        if (!token.starts_with("--") || name.find('.') == std::string::npos) {
            rest.push_back(token);
        } else if (equals != std::string::npos) {
            keys.emplace_back(name.substr(2), token.substr(equals + 1));
        } else {
            // Without a value the key's own reader says what is allowed.
            const bool has_value = i + 1 < tokens.size() && !tokens[i + 1].starts_with("--");
            keys.emplace_back(name.substr(2), has_value ? tokens[++i] : std::string());
        }
    }
    tokens = std::move(rest);
    return keys;
}

po::options_description describe(const KeySet& options) {
    po::options_description description;
    for (const Key& key : options.keys()) {
        if (key.is_flag)
            description.add_options()(key.name.c_str(), "");
        else
            description.add_options()(key.name.c_str(), po::value<std::string>(), "");
    }
    return description;
}

[[noreturn]] void unknown_option(const std::string& shown, const KeySet& options) {
    std::vector<std::string> names{"--help"};
    for (const std::string& name : options.names()) names.push_back("--" + name);
    fail("command line: unknown option '{}'{}", shown, did_you_mean(shown, names));
}

[[noreturn]] void no_value(std::string_view name, const KeySet& options) {
    const Key* key = options.find(name);
    BITLOOM_CHECK(key != nullptr, "Boost names a declared option: {}", name);
    fail("command line: --{} has no value: must be {}", name, key->allowed);
}

[[noreturn]] void bad_syntax(const po::invalid_command_line_syntax& error, const KeySet& options) {
    const std::string shown = error.get_option_name();  // "--seed"
    if (error.kind() == po::invalid_syntax::extra_parameter)
        fail("command line: {} takes no value", shown);
    no_value(shown.substr(std::min<std::size_t>(2, shown.size())), options);
}

}  // namespace

Arguments parse_command_line(const std::vector<std::string>& tokens, KeySet& options,
                             bool chip_keys) {
    Arguments arguments;
    std::vector<std::string> rest = tokens;
    if (chip_keys) arguments.chip_keys = take_chip_keys(rest);

    const po::options_description description = describe(options);
    // Neither abbreviations nor short options: "-1" is a value.
    using Style = po::command_line_style::style_t;
    constexpr int style = Style::allow_long | Style::long_allow_adjacent | Style::long_allow_next;
    KeyValues values;
    try {
        const po::parsed_options parsed =
            po::command_line_parser(rest).options(description).style(style).run();
        for (const po::option& option : parsed.options) {
            if (option.position_key != -1) {
                arguments.words.insert(arguments.words.end(), option.value.begin(),
                                       option.value.end());
                continue;
            }
            const std::string value = option.value.empty() ? "true" : option.value[0];
            // Boost takes "--seed --quiet" for a seed; a user forgot the value.
            if (value.starts_with("--") && option.original_tokens.size() == 2)
                no_value(option.string_key, options);
            values.emplace_back(option.string_key, value);
        }
    } catch (const po::unknown_option& error) {
        unknown_option(error.get_option_name(), options);
    } catch (const po::invalid_command_line_syntax& error) {
        bad_syntax(error, options);
    }
    const bool only_words = std::find(rest.begin(), rest.end(), "--") != rest.end();
    for (const std::string& word : arguments.words)
        if (!only_words && word.size() > 1 && word[0] == '-') unknown_option(word, options);
    read_overrides(options, values);
    return arguments;
}

}  // namespace bitloom
