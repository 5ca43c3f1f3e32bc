// SPDX-License-Identifier: Apache-2.0
// Short ways to declare the columns of a TextTable.
#pragma once

#include <string>
#include <utility>

#include "sim/report/text_table.h"

namespace bitloom {

inline TextColumn words_column(std::string title) {
    TextColumn column;
    column.title = std::move(title);
    return column;
}

inline TextColumn number_column(std::string title) {
    TextColumn column = words_column(std::move(title));
    column.right = true;
    return column;
}

// Long names are shortened in the middle when the table is too wide.
inline TextColumn name_column(std::string title) {
    TextColumn column = words_column(std::move(title));
    column.elastic = true;
    return column;
}

}  // namespace bitloom
