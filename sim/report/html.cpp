// SPDX-License-Identifier: Apache-2.0
#include "sim/report/html.h"

#include <fmt/format.h>

#include "models/base/error.h"
#include "sim/report/html_assets.h"
#include "sim/report/json.h"
#include "sim/report/page_template.h"
#include "sim/report/table.h"

namespace bitloom {

std::string to_html(const RunResult& result) {
    return fill_page(html_assets::page_html, [&result](std::string_view slot) -> std::string {
        if (slot == "TITLE") return html_escaped(result.network + " on " + result.chip);
        if (slot == "STYLE") return std::string(html_assets::style_css);
        if (slot == "SCRIPT")
            return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", html_assets::elements_js,
                               html_assets::svg_js, html_assets::charts_js,
                               html_assets::roofline_js, html_assets::layers_js,
                               html_assets::page_js);
        if (slot == "RESULT") return json_for_script(to_json(result));
        BITLOOM_CHECK(slot == "TABLE", "the page has no slot '{}'", slot);
        return html_escaped(to_table(result));
    });
}

}  // namespace bitloom
