// SPDX-License-Identifier: Apache-2.0
// A user's arrays and images: what they become for a network, and what is refused.
#include "workloads/data/own_data.h"

#include <gtest/gtest.h>
#include <png.h>
#include <unistd.h>
#include <zip.h>

#include <cmath>
#include <functional>
#include <map>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "workloads/data/npy.h"
#include "workloads/data/npz.h"
#include "workloads/data/png_folder.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;

class OwnDataTest : public testing::Test {
protected:
    OwnDataTest()
        : folder_(fs::path(testing::TempDir()) /
                  ("bitloom_own_data_" + std::to_string(::getpid()))) {
        fs::create_directories(folder_);
    }
    ~OwnDataTest() override { fs::remove_all(folder_); }

    fs::path npz(const std::map<std::string, Tensor>& arrays, int method = ZIP_CM_DEFLATE) const {
        const fs::path path = folder_ / "d.npz";
        fs::remove(path);
        int code = 0;
        zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, &code);
        std::map<std::string, std::vector<std::byte>> held;
        for (const auto& [name, tensor] : arrays) {
            const auto& bytes = held[name] = npy_bytes(tensor);
            zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
            const auto index = zip_file_add(archive, (name + ".npy").c_str(), source, 0);
            zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
        }
        EXPECT_EQ(zip_close(archive), 0);
        return path;
    }

    void png(const std::string& name, unsigned width, unsigned height, bool rgb,
             const std::vector<std::uint8_t>& pixels) const {
        fs::create_directories((folder_ / name).parent_path());
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        image.width = width;
        image.height = height;
        image.format = rgb ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
        ASSERT_NE(
            png_image_write_to_file(&image, (folder_ / name).c_str(), 0, pixels.data(), 0, nullptr),
            0);
    }

    fs::path folder_;
};

std::string message(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

Tensor bytes(const Shape& shape) {
    std::vector<std::uint8_t> values(static_cast<std::size_t>(element_count(shape)));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i);
    return Tensor::of<std::uint8_t>(TensorType::u8, shape, values);
}

Tensor labels(const std::vector<std::int64_t>& values) {
    return Tensor::of<std::int64_t>(TensorType::i64, {std::ssize(values)}, values);
}

// Input [H,W,C] of the network, and 4 outputs.
Network network(Shape input) {
    Network net;
    net.name = "n";
    net.input = "x";
    net.output = "y";
    net.shapes["x"] = std::move(input);
    net.shapes["y"] = {4};
    return net;
}

std::vector<float> plain(std::size_t count) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i);
    return values;
}

OwnData fit(const fs::path& path, Shape wanted, ImageLayout layout = ImageLayout::automatic) {
    return fit_to_network(read_own_data(path, ""), network(std::move(wanted)), layout, {});
}

TEST_F(OwnDataTest, BothLayoutsOfAnArchiveBecomeThatOfTheNetwork) {
    for (const int method : {ZIP_CM_DEFLATE, ZIP_CM_STORE}) {
        const OwnData nhwc =
            fit(npz({{"images", bytes({2, 2, 3, 3})}, {"y", labels({0, 3})}}, method), {2, 3, 3});
        EXPECT_EQ(nhwc.dataset.inputs, plain(36));
        EXPECT_EQ(nhwc.dataset.labels, (std::vector<std::int64_t>{0, 3}));
        EXPECT_EQ(nhwc.dataset.input_shape, (Shape{2, 3, 3}));
    }
    const OwnData nchw =
        fit(npz({{"inputs", bytes({1, 3, 2, 2})}, {"labels", labels({1})}}), {2, 2, 3});
    EXPECT_EQ(nchw.dataset.inputs, (std::vector<float>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
    EXPECT_NE(nchw.note.find("read as NCHW, real = stored; labelled"), std::string::npos)
        << nchw.note;
}

// Three channels of 3 x 3 pixels: the sizes do not say which axis they are on.
TEST_F(OwnDataTest, ALayoutThatTheSizesLeaveOpenIsAsked) {
    const fs::path path = npz({{"x", bytes({1, 3, 3, 3})}, {"labels", labels({1})}});
    EXPECT_NE(message([&] {
                  fit(path, {3, 3, 3});
              }).find("may be NCHW or NHWC: give --layout"),
              std::string::npos);
    EXPECT_EQ(fit(path, {3, 3, 3}, ImageLayout::nhwc).dataset.inputs, plain(27));
    EXPECT_EQ(fit(path, {3, 3, 3}, ImageLayout::nchw).dataset.inputs[1], 9.0f);
}

TEST_F(OwnDataTest, AxesThatSayNothingMayBeLeftOut) {
    const auto fits = [&](const Shape& stored, const Shape& wanted) {
        return fit(npz({{"x", bytes(stored)}}), wanted).dataset.calibration;
    };
    EXPECT_EQ(fits({2, 2, 3}, {2, 3, 1}), plain(12));     // no axis for the one channel
    EXPECT_EQ(fits({2, 1, 2, 3}, {2, 3, 1}), plain(12));  // in the other place
    EXPECT_EQ(fits({2, 6}, {2, 3, 1}), plain(12));        // flat
    EXPECT_EQ(fits({2, 1, 6}, {6}), plain(12));           // a batch of 1 in each input
    EXPECT_NE(message([&] { fits({2, 12}, {2, 2, 3}); }).find("give --layout"), std::string::npos);
    EXPECT_NE(message([&] { fits({2, 3, 2}, {2, 3, 1}); }).find(": must be "), std::string::npos);
    EXPECT_NE(message([&] { fits({2, 2, 4, 3}, {2, 3, 3}); }).find(" (NHWC)"), std::string::npos);
}

// (stored x scale - mean) / std by channel, by hand.
TEST_F(OwnDataTest, ValuesAreScaledAndNormalizedByChannel) {
    const StoredData stored = read_own_data(npz({{"x", bytes({1, 2, 1, 2})}}), "");
    const auto values = [&](const Normalization& how) {
        return fit_to_network(stored, network({1, 2, 2}), ImageLayout::nchw, how)
            .dataset.calibration;
    };
    EXPECT_EQ(values({0.5, {1.0, 2.0}, {0.25, 0.5}}), (std::vector<float>{-4, -2, -2, -1}));
    EXPECT_EQ(values({2.0, {1.0}, {}}), (std::vector<float>{-1, 3, 1, 5}));
    EXPECT_EQ(message([&] {
                  values({1.0, {1, 2, 3}, {}});
              }),
              "command line: --mean: 3 numbers: must be 1, or 2, one a channel");
}

TEST_F(OwnDataTest, LabelsComeFromAnArrayOrLines) {
    const fs::path data = npz({{"inputs", bytes({3, 2})}});
    const auto read = [&](const std::string& name, const std::string& text) {
        write_file(folder_ / name, text);
        return read_own_data(data, folder_ / name).labels;
    };
    const std::vector<std::int64_t> want = {2, 0, 1};
    EXPECT_EQ(read("l.csv", "label\r\n2\r\n0\r\n\r\n1\r\n"), want);
    EXPECT_EQ(read("l.txt", "\xef\xbb\xbf\x32\n0\n1"), want);
    const std::vector<std::byte> npy = npy_bytes(labels({2, 0, 1}));
    EXPECT_EQ(read("l.npy", {reinterpret_cast<const char*>(npy.data()), npy.size()}), want);
    EXPECT_EQ(message([&] { read("l.csv", "2\none\n1\n"); }),
              (folder_ / "l.csv").string() + ":2: label 'one': must be an integer of at least 0");
    const auto fitted = [&](const std::vector<std::int64_t>& values) {
        return message([&] {
            fit(npz({{"inputs", bytes({3, 2})}, {"labels", labels(values)}}), {2});
        });
    };
    const std::string file = (folder_ / "d.npz").string();
    EXPECT_EQ(fitted({0, 1, 4}),
              file + ": label 4 of input 2: must be 0..3, the network's outputs");
    EXPECT_EQ(fitted({0, -1, 2}),
              file + ": label -1 of input 1: must be 0..3, the network's outputs");
    EXPECT_EQ(fitted({0, 1}), file + ": 2 labels for 3 inputs: must be as many");
}

TEST_F(OwnDataTest, ArraysThatAreNotInputsAreRefused) {
    const auto read = [&](const std::map<std::string, Tensor>& arrays) {
        return message([&] { read_own_data(npz(arrays), ""); });
    };
    const std::string file = (folder_ / "d.npz").string();
    EXPECT_EQ(read({{"pixels", bytes({1})}}),
              file +
                  ": no array of inputs: must be named one of: inputs images x x_test; there "
                  "are: 'pixels'");
    EXPECT_EQ(read({{"x", bytes({1})}, {"inputs", bytes({1})}}),
              file + ": has both 'inputs' and 'x': must have one");
    EXPECT_EQ(read({{"x", labels({1})}}),
              file + ": inputs of int64: must be uint8, int8, float32 or float64");
    EXPECT_NE(read({{"x", bytes({0, 4})}}).find("with at least one input"), std::string::npos);
    const Tensor nan = Tensor::of<float>(TensorType::f32, {1, 2}, std::vector<float>{0, NAN});
    EXPECT_EQ(message([&] {
                  fit(npz({{"x", nan}}), {2});
              }),
              file + ": inputs: element 1 is nan: must be finite");
    write_file(folder_ / "no.npz", "this is no archive");
    EXPECT_EQ(message([&] { read_own_data(folder_ / "no.npz", ""); }),
              (folder_ / "no.npz").string() + ": not a .npz file: Not a zip archive");
}

TEST_F(OwnDataTest, WhatIsNoRegularFileIsNotRead) {
    for (const char* name : {"zero.npy", "zero.npz"}) {
        fs::create_symlink("/dev/zero", folder_ / name);
        EXPECT_EQ(message([&] { read_own_data(folder_ / name, ""); }),
                  (folder_ / name).string() + ": is no regular file");
    }
    EXPECT_EQ(message([&] {
                  read_own_data(npz({{"x", bytes({1})}}), "/dev/zero");
              }),
              "/dev/zero: is no regular file");
    fs::create_directories(folder_ / "d");
    fs::create_symlink("/dev/zero", folder_ / "d" / "a.png");
    EXPECT_EQ(message([&] { read_png_folder(folder_ / "d"); }),
              (folder_ / "d" / "a.png").string() + ": is no regular file");
}

// Every byte of an archive changed in turn: the same tensor, or an error; never another tensor.
TEST_F(OwnDataTest, ADamagedArchiveIsAnErrorOrTheSame) {
    const Tensor whole = bytes({4, 8});
    const fs::path path = npz({{"x", whole}});
    const std::string text = read_file(path);
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 0x55);
        write_file(path, changed);
        try {
            EXPECT_EQ(read_own_data(path, "").inputs, whole) << "byte " << at;
        } catch (const Error&) {
        }
    }
}

TEST_F(OwnDataTest, AFolderOfFoldersHasOneImageOfEachClassInTurn) {
    png("d/cat/1.png", 2, 1, false, {10, 11});
    png("d/cat/2.PNG", 2, 1, false, {20, 21});
    png("d/ape/a.png", 2, 1, false, {30, 31});
    write_file(folder_ / "d/cat/readme.txt", "not an image");
    const ImageFolder images = read_png_folder(folder_ / "d");
    EXPECT_EQ(images.classes, (std::vector<std::string>{"ape", "cat"}));
    EXPECT_EQ(images.labels, (std::vector<std::int64_t>{0, 1, 1}));
    const std::vector<std::uint8_t> pixels = {30, 31, 10, 11, 20, 21};
    EXPECT_EQ(images.images, Tensor::of<std::uint8_t>(TensorType::u8, {3, 1, 2, 1}, pixels));
}

TEST_F(OwnDataTest, LooseImagesTakeTheirLabelsFromATable) {
    png("d/b.png", 1, 1, true, {1, 2, 3});
    png("d/a.png", 1, 1, true, {4, 5, 6});
    EXPECT_TRUE(read_png_folder(folder_ / "d").labels.empty());
    const std::string table = (folder_ / "d/labels.csv").string();
    write_file(table, "file,label\nb.png,3\na.png,1\n");
    const ImageFolder images = read_png_folder(folder_ / "d");
    EXPECT_EQ(images.labels, (std::vector<std::int64_t>{1, 3}));
    const std::vector<std::uint8_t> pixels = {4, 5, 6, 1, 2, 3};
    EXPECT_EQ(images.images, Tensor::of<std::uint8_t>(TensorType::u8, {2, 1, 1, 3}, pixels));
    write_file(table, "b.png,3\n");
    EXPECT_EQ(message([&] { read_png_folder(folder_ / "d"); }), table + ": no label for 'a.png'");
    write_file(table, "a.png,1\nb.png,3\nc.png,3\n");
    EXPECT_EQ(message([&] { read_png_folder(folder_ / "d"); }),
              table + ": 'c.png': there is no such image");
}

TEST_F(OwnDataTest, ImagesThatWouldHaveToBeChangedAreRefused) {
    png("d/a.png", 2, 2, false, {1, 2, 3, 4});
    png("d/b.png", 2, 1, false, {1, 2});
    const std::string a = (folder_ / "d/a.png").string();
    EXPECT_NE(message([&] { read_png_folder(folder_ / "d"); }).find(": must all be the same"),
              std::string::npos);
    const std::string whole = read_file(a);
    const auto changed = [&](std::size_t at, char value) {
        std::string text = whole;
        text[at] = value;
        write_file(a, text);
        return message([&] { read_png(a); });
    };
    EXPECT_EQ(changed(24, 16),
              a + ": PNG of 16 bits, colour type 0: must be grey (0) or RGB (2) of 8 bits");
    EXPECT_EQ(changed(25, 6),
              a + ": PNG of 8 bits, colour type 6: must be grey (0) or RGB (2) of 8 bits");
    EXPECT_EQ(changed(0, 'x'), a + ": is no PNG image");
    EXPECT_NE(changed(29, 0).find(": PNG: "), std::string::npos);  // the header's checksum
    for (std::size_t size = 0; size < whole.size() - 12; ++size) {
        write_file(a, whole.substr(0, size));
        EXPECT_THROW(read_png(a), Error) << size;
    }
    fs::create_directories(folder_ / "empty");
    EXPECT_EQ(message([&] { read_png_folder(folder_ / "empty"); }),
              (folder_ / "empty").string() + ": no .png files in it");
}

}  // namespace
}  // namespace bitloom
