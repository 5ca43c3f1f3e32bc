// SPDX-License-Identifier: Apache-2.0
// A folder of PNG images as one array.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workloads/trace/trace.h"

namespace bitloom {

struct ImageFolder {
    Tensor images;                     // U8 [count, height, width, channels]
    std::vector<std::string> classes;  // names of the subfolders, sorted; empty: there are none
    std::vector<std::int64_t> labels;  // places in `classes`, or those of labels.csv; may be empty
};

// The pixels of a file as they are stored: U8 [height, width, channels]; no gamma, no scaling.
// Throws Error for a file that is no PNG, is damaged, is not grey or RGB of 8 bits, or has more
// than 16,384 pixels on a side.
Tensor read_png(const std::filesystem::path& path);

// FOLDER/CLASS/*.png: the class is the label; one image of each class after the other, each class
// in order of name, so that the first ones are of all classes. Or FOLDER/*.png in order of name,
// with labels from FOLDER/labels.csv where it is there: lines "FILE,LABEL", one for each image.
// Throws Error for a folder without images, with both, for images of different sizes, and as
// read_png does.
ImageFolder read_png_folder(const std::filesystem::path& folder);

}  // namespace bitloom
