// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/png_folder.h"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "models/base/error.h"
#include "workloads/data/data_file.h"
#include "workloads/data/label_file.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t largest_side = 16384;

// What libpng calls back with; no exception may pass through it.
struct Reading {
    const std::string* bytes;
    std::size_t at = 0;
    std::string error;
};

void read_bytes(png_structp png, png_bytep out, png_size_t count) {
    auto* reading = static_cast<Reading*>(png_get_io_ptr(png));
    if (count > reading->bytes->size() - reading->at) png_error(png, "the file ends early");
    std::copy_n(reading->bytes->data() + reading->at, count, out);
    reading->at += count;
}

void keep_error(png_structp png, png_const_charp text) {
    static_cast<Reading*>(png_get_error_ptr(png))->error = text;
    png_longjmp(png, 1);
}

void no_warning(png_structp, png_const_charp) {
}

// Nothing with a destructor lives in the frames that setjmp returns to.
bool decode(png_structp png, png_infop info, Reading* reading, png_bytepp rows) {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_read_fn(png, reading, read_bytes);
    png_read_info(png, info);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    png_read_image(png, rows);
    png_read_end(png, nullptr);
    return true;
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return value;
}

bool is_png(const fs::path& path) {
    std::string ending = path.extension().string();
    for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return ending == ".png";
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    fs::directory_iterator at(folder, error), end;
    for (; !error && at != end; at.increment(error)) entries.push_back(at->path());
    if (error) fail("{}: {}", folder.string(), error.message());
    std::sort(entries.begin(), entries.end());
    return entries;
}

std::vector<fs::path> images_of(const fs::path& folder) {
    std::vector<fs::path> images = sorted_entries(folder);
    std::erase_if(images, [](const fs::path& path) { return !is_png(path); });
    return images;
}

void add_image(ImageFolder& out, const fs::path& path, const fs::path& first) {
    const Tensor image = read_png(path);
    if (out.images.shape.empty())
        out.images.shape = {0, image.shape[0], image.shape[1], image.shape[2]};
    if (!std::equal(image.shape.begin(), image.shape.end(), out.images.shape.begin() + 1))
        fail("{}: image of {} (height x width x channels): {} has {}: must all be the same",
             path.string(), to_string(image.shape), first.string(),
             to_string(Shape(out.images.shape.begin() + 1, out.images.shape.end())));
    ++out.images.shape[0];
    out.images.bytes.insert(out.images.bytes.end(), image.bytes.begin(), image.bytes.end());
}

}  // namespace

Tensor read_png(const fs::path& path) {
    const std::string file = path.string();
    const std::string bytes = read_data_file(path);
    if (bytes.size() < 33 ||
        png_sig_cmp(reinterpret_cast<png_const_bytep>(bytes.data()), 0, 8) != 0)
        fail("{}: is no PNG image", file);
    // The header always comes first, at a fixed place.
    const std::uint32_t width = big_endian(bytes, 16), height = big_endian(bytes, 20);
    const int depth = bytes[24], colour = bytes[25];
    if (bytes.compare(12, 4, "IHDR") != 0) fail("{}: is no PNG image", file);
    if (depth != 8 || (colour != PNG_COLOR_TYPE_GRAY && colour != PNG_COLOR_TYPE_RGB))
        fail("{}: PNG of {} bits, colour type {}: must be grey (0) or RGB (2) of 8 bits", file,
             depth, colour);
    if (width < 1 || height < 1 || width > largest_side || height > largest_side)
        fail("{}: PNG of {} x {} pixels: must be 1..{} on a side", file, width, height,
             largest_side);
    const std::size_t channels = colour == PNG_COLOR_TYPE_GRAY ? 1 : 3;
    // A deflated pixel takes a thousandth of a byte at least: more is claimed than there can be.
    if (std::size_t{width} * height * channels / 1100 > bytes.size())
        fail("{}: PNG of {} x {} pixels in {} bytes: the file ends early", file, width, height,
             bytes.size());

    Tensor image;
    image.shape = {height, width, static_cast<std::int64_t>(channels)};
    image.bytes.resize(std::size_t{width} * height * channels);
    std::vector<png_bytep> rows(height);
    for (std::size_t y = 0; y < height; ++y)
        rows[y] = reinterpret_cast<png_bytep>(image.bytes.data()) + y * width * channels;
    Reading reading{&bytes, 0, "out of memory"};
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, keep_error, no_warning);
    png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
    const bool good = info != nullptr && decode(png, info, &reading, rows.data());
    png_destroy_read_struct(png == nullptr ? nullptr : &png, info == nullptr ? nullptr : &info,
                            nullptr);
    if (!good) fail("{}: PNG: {}", file, reading.error);
    return image;
}

ImageFolder read_png_folder(const fs::path& folder) {
    ImageFolder out;
    std::vector<std::vector<fs::path>> by_class;
    std::error_code ignored;
    for (const fs::path& entry : sorted_entries(folder)) {
        if (!fs::is_directory(entry, ignored)) continue;
        std::vector<fs::path> images = images_of(entry);
        if (images.empty()) continue;
        out.classes.push_back(entry.filename().string());
        by_class.push_back(std::move(images));
    }
    const std::vector<fs::path> loose = images_of(folder);
    if (!loose.empty() && !by_class.empty())
        fail("{}: has images beside folders of images: one or the other", folder.string());
    if (loose.empty() && by_class.empty()) fail("{}: no .png files in it", folder.string());

    std::size_t longest = 0;
    for (const auto& images : by_class) longest = std::max(longest, images.size());
    for (std::size_t i = 0; i < longest; ++i)
        for (std::size_t label = 0; label < by_class.size(); ++label) {
            if (i >= by_class[label].size()) continue;
            add_image(out, by_class[label][i], by_class[0][0]);
            out.labels.push_back(static_cast<std::int64_t>(label));
        }
    for (const fs::path& path : loose) add_image(out, path, loose[0]);
    const fs::path table = folder / "labels.csv";
    if (loose.empty() || !fs::exists(table, ignored)) return out;
    const std::map<std::string, std::int64_t> labels = read_named_labels(table);
    std::set<std::string> names;
    for (const fs::path& path : loose) {
        const auto found = labels.find(path.filename().string());
        if (found == labels.end())
            fail("{}: no label for {}", table.string(), shown(path.filename().string()));
        out.labels.push_back(found->second);
        names.insert(found->first);
    }
    for (const auto& [name, label] : labels)
        if (!names.contains(name))
            fail("{}: {}: there is no such image", table.string(), shown(name));
    return out;
}

}  // namespace bitloom
