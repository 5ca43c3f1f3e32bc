// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/scale_sim_config.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "workloads/trace/names.h"

namespace bitloom {
namespace {

std::string trimmed(const std::string& text) {
    const char* blank = " \t\r";
    const auto first = text.find_first_not_of(blank);
    return first == std::string::npos
               ? ""
               : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

class Translator {
public:
    explicit Translator(std::string file) : file_(std::move(file)) {}

    ScaleSimChip run(const std::string& text) {
        std::istringstream lines(text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
        for (std::string line; std::getline(lines, line);) {
            ++line_;
            said_.clear();
            statement(trimmed(line));
            result_.ini += said_ + "\n";
        }
        finish();
        return std::move(result_);
    }

private:
    using Rule = void (Translator::*)(const std::string& value);

    template <class... Args>
    [[noreturn]] void wrong(fmt::format_string<Args...> text, Args&&... args) const {
        fail("{}:{}: {}", file_, line_, fmt::format(text, std::forward<Args>(args)...));
    }

    // By section and key in small letters, as Python's configparser reads them.
    static const std::map<std::string, Rule>& rules() {
        using T = Translator;
        static const std::map<std::string, Rule> table{
            {"general.run_name", &T::label},
            {"architecture_presets.arrayheight", &T::height},
            {"architecture_presets.arraywidth", &T::width},
            {"architecture_presets.ifmapsramszkb", &T::ifmap},
            {"architecture_presets.filtersramszkb", &T::filter},
            {"architecture_presets.ofmapsramszkb", &T::ofmap},
            {"architecture_presets.dataflow", &T::dataflow},
            {"architecture_presets.bandwidth", &T::bandwidth},
            {"architecture_presets.ifmapoffset", &T::unused},
            {"architecture_presets.filteroffset", &T::unused},
            {"architecture_presets.ofmapoffset", &T::unused},
            {"architecture_presets.readrequestbuffer", &T::unused},
            {"architecture_presets.writerequestbuffer", &T::unused},
            {"architecture_presets.memorybanks", &T::unused},
            {"architecture_presets.onchipmemorybanks", &T::unused},
            {"architecture_presets.onchipmemorybankports", &T::unused},
            {"layout.ifmapcustomlayout", &T::must_be_off},
            {"layout.filtercustomlayout", &T::must_be_off},
            {"layout.ifmapsrambankbandwidth", &T::unused},
            {"layout.ifmapsrambanknum", &T::unused},
            {"layout.ifmapsrambankport", &T::unused},
            {"layout.filtersrambankbandwidth", &T::unused},
            {"layout.filtersrambanknum", &T::unused},
            {"layout.filtersrambankport", &T::unused},
            {"sparsity.sparsitysupport", &T::must_be_off},
            {"sparsity.sparserep", &T::unused},
            {"sparsity.optimizedmapping", &T::unused},
            {"sparsity.blocksize", &T::unused},
            {"sparsity.randomnumbergeneratorseed", &T::unused},
            {"run_presets.interfacebandwidth", &T::interface},
            {"run_presets.useramulatortrace", &T::must_be_off},
            {"network_presets.topologycsvloc", &T::unused},
        };
        return table;
    }

    void statement(const std::string& line) {
        if (line.empty() || line.front() == '#' || line.front() == ';') return;
        if (line.front() == '[' && line.back() == ']') {
            section_ = lower(trimmed(line.substr(1, line.size() - 2)));
            return;
        }
        const auto separator = line.find_first_of(":=");
        if (separator == std::string::npos)
            wrong("cannot read {}: must be [section], key : value or # comment", shown(line));
        key_ = trimmed(line.substr(0, separator));
        const std::string name = section_ + "." + lower(key_);
        const auto rule = rules().find(name);
        if (rule == rules().end()) {
            std::vector<std::string> known;
            for (const auto& [each, ignored] : rules()) known.push_back(each);
            wrong("unknown key {} in section {}{}", shown(key_), shown(section_),
                  suggestion(name, known));
        }
        if (!seen_.emplace(name, line_).second)
            wrong("{} is given twice; first in line {}", key_, seen_.at(name));
        const std::string value = trimmed(line.substr(separator + 1));
        if (value.empty()) wrong("{} has no value", key_);
        (this->*rule->second)(value);
    }

    std::int64_t number(const std::string& text, std::int64_t most) const {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > most)
            wrong("{} = {}: must be 1..{}", key_, shown(text), most);
        return value;
    }

    void say(const std::string& name, const std::string& value) {
        said_ = name + " = " + value;
        became_.push_back(fmt::format("{}: {} = {}", key_, name, value));
    }

    void label(const std::string&) {}
    void unused(const std::string&) { unused_.push_back(key_); }

    void must_be_off(const std::string& value) {
        if (lower(value) != "false")
            wrong("{} = {}: is not modelled: must be False", key_, shown(value));
    }

    void height(const std::string& value) {
        say("array.rows", std::to_string(2 * number(value, most_side)));
    }
    void width(const std::string& value) {
        say("array.columns", std::to_string(2 * number(value, most_side)));
    }
    void ifmap(const std::string& value) {
        say("activation_buffer.bytes", fmt::format("{}KiB", number(value, most_kib)));
    }
    void filter(const std::string& value) {
        say("weight_buffer.bytes", fmt::format("{}KiB", number(value, most_kib)));
    }
    void ofmap(const std::string& value) {
        say("output_buffer.bytes", fmt::format("{}KiB", 4 * number(value, most_kib / 4)));
    }

    void dataflow(const std::string& value) {
        if (value == "os") {
            say("array.dataflow", "output_stationary");
        } else if (value == "ws") {
            say("array.dataflow", "weight_stationary");
        } else {
            wrong("{} = {}: {}must be os or ws", key_, shown(value),
                  value == "is" ? "no array here keeps its inputs: " : "");
        }
    }

    void bandwidth(const std::string& value) {
        if (value.find(',') != std::string::npos)
            wrong("{} = {}: several memories are not modelled: must be one number", key_,
                  shown(value));
        bandwidth_bits_ = 8 * number(value, 8192);
    }

    void interface(const std::string& value) {
        if (value != "USER" && value != "CALC")
            wrong("{} = {}: must be USER or CALC", key_, shown(value));
        user_bandwidth_ = value == "USER";
    }

    void finish() {
        for (const char* key : {"ArrayHeight", "ArrayWidth", "IfmapSramSzkB", "FilterSramSzkB",
                                "OfmapSramSzkB", "Dataflow"})
            if (!seen_.contains("architecture_presets." + lower(key)))
                fail("{}: {} is missing in section 'architecture_presets'", file_, key);
        if (user_bandwidth_ && bandwidth_bits_ == 0)
            fail(
                "{}: Bandwidth is missing in section 'architecture_presets': InterfaceBandwidth "
                "is USER",
                file_);
        const std::string tables = BITLOOM_DATA_FOLDER "/models/energy/tables/";
        result_.ini += fmt::format(
            "chip.type = ant\nclock.frequency = 500MHz\narray.overlap_folds = false\n"
            "array.drain = bus\nmemory.dram = LPDDR4-3200\nenergy.table = {0}28nm.csv\n"
            "energy.sram = {0}sram_28nm.csv\nenergy.extrapolate = true\n",
            tables);
        if (user_bandwidth_) {
            result_.ini += fmt::format("dma.width_bits = {}\n", bandwidth_bits_);
            became_.push_back(fmt::format("Bandwidth: dma.width_bits = {}", bandwidth_bits_));
        } else if (bandwidth_bits_ != 0) {
            unused_.emplace_back("Bandwidth (InterfaceBandwidth is CALC)");
        }
        result_.notes.push_back(
            fmt::format("Of SCALE-Sim's configuration: {}.", fmt::join(became_, "; ")));
        result_.notes.emplace_back(
            "SCALE-Sim's multipliers take words of one byte. Here each is 2x2 PEs of 4 bits, so "
            "results compare with --scheme int8, and a fold fills over twice as many rows and "
            "columns as SCALE-Sim counts; psums have 4 bytes.");
        result_.notes.push_back(
            fmt::format("Not in SCALE-Sim's configuration: clock 500 MHz, {}LPDDR4-3200, costs at "
                        "28 nm with SRAM extrapolated; folds run one after another, as there.",
                        user_bandwidth_ ? "" : "width of the DMA, "));
        if (!unused_.empty())
            result_.notes.push_back(
                fmt::format("Without meaning here: {}.", fmt::join(unused_, ", ")));
    }

    static constexpr std::int64_t most_side = 512;  // multipliers
    static constexpr std::int64_t most_kib = std::int64_t{1} << 20;

    std::string file_;
    int line_ = 0;
    std::string section_, key_, said_;
    std::map<std::string, int> seen_;  // lines
    std::vector<std::string> became_, unused_;
    std::int64_t bandwidth_bits_ = 0;
    bool user_bandwidth_ = false;
    ScaleSimChip result_;
};

}  // namespace

bool is_scale_sim_config(const std::filesystem::path& file) {
    return lower(file.extension().string()) == ".cfg";
}

ScaleSimChip scale_sim_chip(const std::string& file, const std::string& text) {
    return Translator(file).run(text);
}

std::string chip_ini(const std::filesystem::path& file) {
    std::string text = read_text(file);
    return is_scale_sim_config(file) ? scale_sim_chip(file.string(), text).ini : text;
}

}  // namespace bitloom
