// SPDX-License-Identifier: Apache-2.0
// What every page shares: escaping, and slots that are filled.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace bitloom {

// Text for element content and quoted attributes: & < > " '
std::string html_escaped(std::string_view text);

// JSON that may stand inside <script>: it holds neither "</script" nor "<!--".
std::string json_for_script(std::string_view json);

// Replaces each {{SLOT}} by text_for("SLOT"); what is filled in is not searched for slots.
std::string fill_page(std::string_view page,
                      const std::function<std::string(std::string_view slot)>& text_for);

}  // namespace bitloom
