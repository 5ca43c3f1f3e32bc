// SPDX-License-Identifier: Apache-2.0
// Tensors in files beside the ONNX file.
#include <gmock/gmock.h>

#include "naive_onnx.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;

class OnnxExternalData : public testing::Test {
protected:
    void SetUp() override {
        fs::remove_all(folder_.parent_path());
        fs::create_directories(folder_);
        write_file(folder_ / "w.bin", std::string(8, '\1') + bytes());
        write_file(folder_.parent_path() / "outside.bin", bytes());
    }

    std::string bytes() const {
        return {reinterpret_cast<const char*>(w_.values.data()), w_.values.size() * sizeof(float)};
    }

    // What import_onnx says about a model whose weights lie there, without the file's name.
    std::string error(const std::map<std::string, std::string>& entries) {
        OnnxBuilder model({-1, 4});
        model.floats("w", w_).node("MatMul", {"x", "w"}, "y").output("y");
        auto& tensor = *model.graph().mutable_initializer(0);
        tensor.clear_raw_data();
        tensor.set_data_location(onnx::TensorProto::EXTERNAL);
        for (const auto& [key, value] : entries) {
            auto* entry = tensor.add_external_data();
            entry->set_key(key);
            entry->set_value(value);
        }
        write_file(folder_ / "net.onnx", model.bytes());
        try {
            network_ = import_onnx(folder_ / "net.onnx");
        } catch (const Error& e) {
            const std::string place =
                (folder_ / "net.onnx").string() + ": tensor 'w': external data: ";
            EXPECT_THAT(e.what(), testing::StartsWith(place));
            return std::string(e.what()).substr(place.size());
        }
        return "no error";
    }

    const Plain w_ = random_tensor({4, 3}, "w");
    const fs::path folder_ =
        fs::path(testing::TempDir()) /
        fmt::format("bitloom_{}", testing::UnitTest::GetInstance()->current_test_info()->name()) /
        "net";
    Network network_;
};

TEST_F(OnnxExternalData, IsReadFromTheFileBesideTheNetwork) {
    EXPECT_EQ(error({{"location", "w.bin"}, {"offset", "8"}, {"length", "48"}}), "no error");
    const auto& read = network_.constants.at("w");
    EXPECT_EQ(read.shape, (Shape{3, 4}));
    for (std::size_t n = 0; n < 3; ++n)
        for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(read.values[n * 4 + k], w_.values[k * 3 + n]);
    EXPECT_EQ(error({{"location", "./w.bin"}, {"offset", "8"}}), "no error");
    fs::create_directory(folder_ / "deep");
    write_file(folder_ / "deep" / "w.bin", bytes());
    EXPECT_EQ(error({{"location", "deep/w.bin"}, {"checksum", "da39a3ee"}}), "no error");
}

TEST_F(OnnxExternalData, DoesNotLeaveTheFolder) {
    const std::string inside = ": must be a path inside the folder of the ONNX file";
    EXPECT_EQ(error({{"location", "../outside.bin"}}), "location = '../outside.bin'" + inside);
    EXPECT_EQ(error({{"location", "deep/../../outside.bin"}}),
              "location = 'deep/../../outside.bin'" + inside);
    EXPECT_EQ(error({{"location", "/etc/passwd"}}), "location = '/etc/passwd'" + inside);
    EXPECT_EQ(error({{"location", ""}}), "location = ''" + inside);
    EXPECT_EQ(error({}), "location = ''" + inside);
    EXPECT_EQ(error({{"location", std::string("w.bin\0x", 7)}}),
              "location = 'w.bin\\x00x'" + inside);
    fs::create_symlink("../outside.bin", folder_ / "link.bin");
    EXPECT_EQ(error({{"location", "link.bin"}}),
              "location = 'link.bin': leads out of the folder of the ONNX file");
    fs::create_symlink("w.bin", folder_ / "near.bin");
    EXPECT_EQ(error({{"location", "near.bin"}, {"offset", "8"}}), "no error");
    fs::create_directory(folder_ / "sub");
    EXPECT_EQ(error({{"location", "sub"}}), "location = 'sub': must be a file");
    EXPECT_EQ(error({{"location", "gone.bin"}}),
              "location = 'gone.bin': No such file or directory");
}

TEST_F(OnnxExternalData, HasTheSizeThatTheTensorNeeds) {
    EXPECT_EQ(error({{"location", "w.bin"}, {"length", "44"}}),
              "length = 44: the tensor needs 48 bytes");
    EXPECT_EQ(error({{"location", "w.bin"}, {"offset", "12"}}),
              "bytes 12 to 60 of 'w.bin': the file has 56");
    EXPECT_EQ(error({{"location", "w.bin"}, {"offset", "9223372036854775807"}}),
              "bytes 9223372036854775807 to 9223372036854775855 of 'w.bin': the file has 56");
    EXPECT_EQ(error({{"location", "w.bin"}, {"offset", "-8"}}),
              "offset = '-8': must be a number of bytes");
    EXPECT_EQ(error({{"location", "w.bin"}, {"offset", "8x"}}),
              "offset = '8x': must be a number of bytes");
    EXPECT_EQ(error({{"location", "w.bin"}, {"size", "8"}}),
              "unknown key 'size': must be location, offset, length or checksum");
}

}  // namespace
}  // namespace bitloom
