// SPDX-License-Identifier: Apache-2.0
#include "sim/report/page_template.h"

#include "models/base/error.h"

namespace bitloom {

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

// A '<' in JSON is always inside a string.
std::string json_for_script(std::string_view json) {
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

// One pass over the template.
std::string fill_page(std::string_view page,
                      const std::function<std::string(std::string_view slot)>& text_for) {
    std::string_view rest = page;
    std::string filled;
    for (;;) {
        const std::size_t begin = rest.find("{{");
        filled += rest.substr(0, begin);
        if (begin == std::string_view::npos) return filled;
        const std::size_t end = rest.find("}}", begin);
        BITLOOM_CHECK(end != std::string_view::npos, "a slot of the page ends with }}}}");
        filled += text_for(rest.substr(begin + 2, end - begin - 2));
        rest.remove_prefix(end + 2);
    }
}

}  // namespace bitloom
