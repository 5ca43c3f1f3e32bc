// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/format_family.h"

#include <array>
#include <map>
#include <mutex>

#include "models/base/error.h"
#include "models/base/text.h"
#include "models/numeric/adafloat.h"
#include "models/numeric/bipolar.h"
#include "models/numeric/flint.h"
#include "models/numeric/int_format.h"
#include "models/numeric/minifloat.h"
#include "models/numeric/pot.h"

namespace bitloom {

std::span<const FormatFamily> format_families() {
    static const std::array families = {
        FormatFamily{"int2..int16 uint1..uint16", make_int, int_names},
        FormatFamily{"bipolar1..bipolar8", make_bipolar, bipolar_names},
        FormatFamily{"flint3..flint8 uflint3..uflint8", make_flint, flint_names},
        FormatFamily{"pot3..pot8 upot3..upot8", make_pot, pot_names},
        FormatFamily{"eXmY (e.g. e4m3)", make_minifloat, minifloat_names},
        FormatFamily{"adafloatNeE (e.g. adafloat8e3)", make_adafloat, adafloat_names},
    };
    return families;
}

std::optional<int> number_after(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return std::nullopt;
    const std::string_view digits = name.substr(prefix.size());
    if (digits.empty() || digits.size() > 6) return std::nullopt;
    if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
    int number = 0;
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') return std::nullopt;
        number = number * 10 + (digit - '0');
    }
    return number;
}

std::optional<WidthName> read_width_name(std::string_view name, std::string_view prefix, int low,
                                         int high) {
    const bool is_signed = !name.starts_with('u');
    const auto bits = number_after(name.substr(is_signed ? 0 : 1), prefix);
    if (!bits) return std::nullopt;
    if (*bits < low || *bits > high)
        fail("format '{}': width = {}: must be {}..{}", name, *bits, low, high);
    return WidthName{is_signed, *bits};
}

std::vector<std::string> width_names(std::string_view prefix, int low, int high) {
    std::vector<std::string> names;
    for (const std::string_view sign : {"", "u"})
        for (int bits = low; bits <= high; ++bits)
            names.push_back(fmt::format("{}{}{}", sign, prefix, bits));
    return names;
}

namespace {

// Formats are built when first asked for and never destroyed: other static objects may hold them.
class Registry {
public:
    const Format& find(std::string_view name) {
        const std::lock_guard lock(mutex_);
        if (const auto found = by_name_.find(name); found != by_name_.end()) return *found->second;
        for (const FormatFamily& family : format_families()) {
            std::unique_ptr<Format> made = family.make(name);
            if (made == nullptr) continue;
            const std::string& canonical = made->name();
            auto place = by_name_.find(canonical);
            if (place == by_name_.end()) {
                owned_.push_back(std::move(made));
                place = by_name_.emplace(owned_.back()->name(), owned_.back().get()).first;
            }
            by_name_.emplace(name, place->second);
            return *place->second;
        }
        std::string known;
        for (const FormatFamily& family : format_families()) known.append(" ").append(family.known);
        const std::string guess = did_you_mean(name, format_names());
        fail("unknown format '{}'{} known families:{}", name, guess.empty() ? ";" : guess, known);
    }

private:
    std::mutex mutex_;
    std::map<std::string, const Format*, std::less<>> by_name_;
    std::vector<std::unique_ptr<Format>> owned_;
};

}  // namespace

const Format& format(std::string_view name) {
    static Registry& registry = *new Registry;
    return registry.find(name);
}

const std::vector<std::string>& format_names() {
    static const std::vector<std::string>& names = *new std::vector<std::string>([] {
        std::vector<std::string> all;
        for (const FormatFamily& family : format_families())
            for (std::string& name : family.names()) all.push_back(std::move(name));
        return all;
    }());
    return names;
}

}  // namespace bitloom
