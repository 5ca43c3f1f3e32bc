// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/sweep_page.h"

#include <fmt/format.h>

#include "models/base/error.h"
#include "sim/report/page_template.h"
#include "sim/sweep/report/sweep_page_assets.h"

namespace bitloom {

namespace {

std::string title(const ReportedSweep& sweep, const ReportedSweep* other) {
    const auto stem = [](const ReportedSweep& each) {
        return std::filesystem::path(each.name).stem().string();
    };
    std::string text = "Sweep " + stem(sweep);
    if (other != nullptr) text += " against " + stem(*other);
    return text;
}

std::string scripts() {
    std::string text;
    namespace js = sweep_page_assets;
    for (const std::string_view script :
         {js::elements_js, js::columns_js, js::statistics_js, js::view_js, js::frontier_js,
          js::front_chart_js, js::parallel_chart_js, js::sensitivity_js, js::layers_chart_js,
          js::comparison_js, js::table_js, js::sweep_js}) {
        text += script;
        text += '\n';
    }
    return text;
}

}  // namespace

std::string sweep_page(const ReportedSweep& sweep, const ReportedSweep* other,
                       const SweepPageOptions& options) {
    const auto text_for = [&](std::string_view slot) -> std::string {
        if (slot == "TITLE") return html_escaped(title(sweep, other));
        if (slot == "STYLE")
            return fmt::format("{}\n{}", sweep_page_assets::style_css,
                               sweep_page_assets::sweep_css);
        if (slot == "CHARTS") return std::string(sweep_page_assets::echarts_min_js);
        if (slot == "SCRIPT") return scripts();
        BITLOOM_CHECK(slot == "DATA", "the page of a sweep has no slot '{}'", slot);
        return json_for_script(sweep_page_data(sweep, other, options));
    };
    return fill_page(sweep_page_assets::sweep_html, text_for);
}

}  // namespace bitloom
