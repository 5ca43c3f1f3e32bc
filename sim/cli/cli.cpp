// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/cli.h"

#include <algorithm>
#include <exception>
#include <new>
#include <stdexcept>

#include "models/base/error.h"
#include "models/base/text.h"
#include "sim/cli/command.h"
#include "sim/cli/command_line.h"
#include "sim/cli/program_build.h"
#include "sim/cli/run_provenance.h"
#include "sim/cli/version.h"
#include "sim/config/help.h"

namespace bitloom {

namespace {

using Commands = std::vector<std::unique_ptr<Command>>;

std::string general_help(const Commands& commands) {
    std::string text =
        "usage: bitloom VERB ... [--help]\n\n"
        "Cycle-accurate simulator of accelerators for quantized neural networks.\n\nVerbs:\n";
    for (const auto& command : commands)
        text += fmt::format("  {:<10}{}\n", command->name(), command->summary());
    text +=
        "\nOptions:\n"
        "  --help      This text; after a verb, the verb's own\n"
        "  --version   Version, commit and build of the program\n"
        "\nExit codes: 0 good, 1 a check failed, 2 mistake in the input, 3 fault of the program\n"
        "\nExamples:\n"
        "  bitloom quantize zoo/digits --scheme ant4 --output digits.safetensors\n"
        "  bitloom run ant digits.safetensors\n"
        "  bitloom show format flint4\n";
    return text;
}

std::string command_help(const Command& command, const KeySet& options) {
    std::string text = fmt::format("usage: bitloom {}\n\n{}\nOptions:\n{}", command.usage(),
                                   command.details(), help(options));
    if (command.takes_chip_keys())
        text +=
            "  --SECTION.KEY VALUE         Any key of the chip, e.g. --array.rows 64;\n"
            "                              `bitloom show chip CHIP` lists them\n";
    return text + fmt::format("\nExamples:\n{}", command.examples());
}

bool asks_for_help(const std::vector<std::string>& tokens) {
    for (const std::string& token : tokens) {
        if (token == "--") return false;
        if (token == "--help" || token == "-h") return true;
    }
    return false;
}

int run_verb(Command& command, const std::vector<std::string>& tokens, Console& console) {
    KeySet options;
    command.declare(options);
    std::filesystem::path data_folder;
    options
        .path("data-dir", data_folder,
              "Where named chips and networks are (models/chip, workloads)")
        .value_name = "FOLDER";
    if (asks_for_help(tokens)) {
        console.print(command_help(command, options));
        return exit_good;
    }
    Arguments arguments = parse_command_line(tokens, options, command.takes_chip_keys());
    std::vector<std::string> line{"bitloom", std::string(command.name())};
    line.insert(line.end(), tokens.begin(), tokens.end());
    arguments.command = shell_words(line);
    arguments.data_folder = data_folder.empty() ? BITLOOM_DATA_FOLDER : data_folder;
    return command.run(arguments, options, console);
}

int dispatch(const std::vector<std::string>& arguments, Console& console) {
    const Commands commands = all_commands();
    std::string known;
    std::vector<std::string> names;
    for (const auto& command : commands) {
        names.emplace_back(command->name());
        known += " " + names.back();
    }
    if (arguments.empty()) fail("command line: no verb given; known:{}", known);
    const std::string& verb = arguments[0];
    if (verb == "--help" || verb == "-h" || verb == "help") {
        console.print(general_help(commands));
        return exit_good;
    }
    if (verb == "--version") {
        console.print(fmt::format("bitloom {} (commit {}, build {})\n", program_version,
                                  program_commit(), program_build()));
        return exit_good;
    }
    for (const auto& command : commands)
        if (command->name() == verb)
            return run_verb(*command, {arguments.begin() + 1, arguments.end()}, console);
    if (verb.starts_with("-")) {
        const std::vector<std::string> options{"--help", "--version"};
        fail("command line: unknown option '{}'{}", verb, did_you_mean(verb, options));
    }
    fail("command line: unknown verb '{}'; known:{}{}", verb, known, did_you_mean(verb, names));
}

// What is large here is what the user asked for; the program itself needs little.
int out_of_memory(Console& console) {
    console.report("error",
                   "out of memory: the sizes asked for need more than the system gives; smaller "
                   "arrays, buffers, networks or data sets need less");
    return exit_user_input;
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, Console& console) {
    try {
        const int code = dispatch(arguments, console);
        console.flush();
        return code;
    } catch (const ReaderGone&) {
        return exit_good;
    } catch (const Error& error) {
        console.report("error", error.what());
        return exit_user_input;
    } catch (const std::bad_alloc&) {
        return out_of_memory(console);
    } catch (const std::length_error&) {  // a size that no machine has
        return out_of_memory(console);
    } catch (const std::exception& error) {  // InternalError, SystemC's sc_report, ...
        console.report("internal error", error.what());
    } catch (...) {
        console.report("internal error", "an exception of unknown type");
    }
    return exit_fault;
}

}  // namespace bitloom
