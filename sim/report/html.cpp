// SPDX-License-Identifier: Apache-2.0
#include "sim/report/html.h"

#include <fmt/format.h>

#include "models/base/error.h"
#include "sim/report/html_assets.h"
#include "sim/report/json.h"
#include "sim/report/table.h"

namespace bitloom {

namespace {

// JSON inside <script> must not hold "</script" or "<!--". A '<' in JSON is always inside a string.
std::string json_for_script(std::string json) {
    std::string safe;
    safe.reserve(json.size());
    for (char c : json) {
        if (c == '<')
            safe += "\\u003c";
        else
            safe += c;
    }
    return safe;
}

std::string text_for(std::string_view slot, const RunResult& result) {
    if (slot == "TITLE") return html_escaped(result.network + " on " + result.chip);
    if (slot == "STYLE") return std::string(html_assets::style_css);
    if (slot == "SCRIPT")
        return fmt::format("{}\n{}\n{}\n{}\n{}", html_assets::svg_js, html_assets::charts_js,
                           html_assets::roofline_js, html_assets::layers_js, html_assets::page_js);
    if (slot == "RESULT") return json_for_script(to_json(result));
    BITLOOM_CHECK(slot == "TABLE", "the page has no slot '{}'", slot);
    return html_escaped(to_table(result));
}

}  // namespace

std::string html_escaped(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

// One pass over the template: what is filled in is never searched for slots.
std::string to_html(const RunResult& result) {
    std::string_view rest = html_assets::page_html;
    std::string page;
    for (;;) {
        const std::size_t begin = rest.find("{{");
        page += rest.substr(0, begin);
        if (begin == std::string_view::npos) return page;
        const std::size_t end = rest.find("}}", begin);
        BITLOOM_CHECK(end != std::string_view::npos, "a slot of the page ends with }}}}");
        page += text_for(rest.substr(begin + 2, end - begin - 2), result);
        rest.remove_prefix(end + 2);
    }
}

}  // namespace bitloom
