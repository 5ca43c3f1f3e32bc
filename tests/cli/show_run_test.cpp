// SPDX-License-Identifier: Apache-2.0
// What `show network` accepts, `run` accepts: with the real program, on networks made at random and
// on the files that people brought.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "models/base/random.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

// Draws of one network.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed, "show and run") {}
    template <class T>
    T of(std::initializer_list<T> values) {
        return *(values.begin() + random_.below(next_++, values.size()));
    }

private:
    RandomStream random_;
    std::uint64_t next_ = 0;
};

// Many of them do not fit together; that is for the program to say.
std::string description(Dice& dice) {
    using Text = std::string;
    Text text = fmt::format("network n\ninput x {}\n",
                            dice.of<Text>({"5x8x3", "3x3x4", "8x8x2", "1x1x6", "4x6", "12"}));
    const int layers = dice.of({1, 2, 3, 4});
    for (int i = 0; i < layers; ++i) {
        const auto op = dice.of<Text>({"conv", "conv", "gemm", "maxpool", "avgpool", "relu",
                                       "softmax", "norm", "gelu", "position", "reshape",
                                       "transpose", "heads", "add", "concat", "matmul"});
        text += fmt::format("{} l{}", op, i);
        const auto add = [&](const char* key, const Text& value) {
            text += fmt::format(" {}={}", key, value);
        };
        const bool pool = op.ends_with("pool");
        if (op == "conv") add("oc", dice.of<Text>({"1", "2", "4"}));
        if (op == "conv" || pool) {
            add("k", dice.of<Text>({"1x1", "2x2", "3x3", "2x3"}));
            add("s", dice.of<Text>({"1", "2", "3"}));
            add("p", dice.of<Text>({"0", "1", "2"}));
        }
        if (op == "gemm") add("n", dice.of<Text>({"1", "3", "10"}));
        if (op == "reshape") add("shape", dice.of<Text>({"2x12", "1x1x1x24", "6x4", "12"}));
        if (op == "transpose") add("perm", dice.of<Text>({"1,0", "1,0,2", "2,1,0"}));
        if (op == "heads") add("count", dice.of<Text>({"1", "2", "3"}));
        if (op == "add" || op == "matmul") add("in", ".,x");
        if (op == "concat") add("in", dice.of<Text>({".", ".,.", ".,x,."}));
        text += "\n";
    }
    return text;
}

std::string topology(Dice& dice) {
    std::string text = "name,h,w,fh,fw,c,n,s\n";
    const int layers = dice.of({1, 2, 3});
    for (int i = 0; i < layers; ++i) {
        const auto name = dice.of<std::string>({"A", "DP"});
        const int height = dice.of({1, 3, 9}), width = dice.of({3, 8}), kernel = dice.of({1, 2, 3});
        text +=
            fmt::format("{},{},{},{},{},{},{},{}\n", name, height, width, kernel, dice.of({1, 3}),
                        dice.of({1, 3, 16}), dice.of({1, 2, 8}), dice.of({1, 2, 5}));
    }
    return text;
}

// Whether `show network` takes it; run must say the same, with the same reason.
bool both_accept(const std::string& network, const std::string& option = "--no-accuracy") {
    const ProgramRun show = run_bitloom({"show", "network", network});
    const ProgramRun run = run_bitloom({"run", "ant", network, option});
    EXPECT_THAT(show.exit_code, testing::AnyOf(0, 2)) << show.error;
    EXPECT_EQ(run.exit_code, show.exit_code) << show.error << run.error;
    EXPECT_EQ(run.error, show.error);
    return show.exit_code == 0;
}

TEST(ShowAndRun, AgreeOnRandomDescriptions) {
    const TemporaryFolder folder;
    int accepted = 0, refused = 0;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        Dice dice(seed);
        const std::string text = description(dice);
        SCOPED_TRACE(text);
        ++(both_accept(folder.write("n.net", text)) ? accepted : refused);
    }
    EXPECT_GE(accepted, 5);
    EXPECT_GE(refused, 5);
}

TEST(ShowAndRun, AgreeOnRandomTopologies) {
    const TemporaryFolder folder;
    int accepted = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Dice dice(seed);
        const std::string text = topology(dice);
        SCOPED_TRACE(text);
        accepted += both_accept(folder.write("n.csv", text));
    }
    EXPECT_GE(accepted, 3);
}

TEST(ShowAndRun, AgreeOnTheFilesThatPeopleBrought) {
    const std::filesystem::path cases = std::filesystem::path(BITLOOM_SHARED_DATA) / ".." / "cases";
    if (!std::filesystem::exists(cases)) GTEST_SKIP() << "shared cases are absent";
    int accepted = 0;
    for (const char* name :
         {"avgpool_include_pad", "lrn", "maxpool_dilation2_pad2", "pad_before_conv", "qdq_conv",
          "sigmoid_head", "silu_mul_two", "sum_of_two", "external_data/net",
          "hostile/onnx_constant_attribute_of_wrong_type", "hostile/onnx_fold_of_2p40_steps",
          "hostile/onnx_many_large_constants", "hostile/onnx_strides_as_floats"}) {
        SCOPED_TRACE(name);
        accepted += both_accept(fmt::format("{}/{}.onnx", cases.string(), name), "--random");
    }
    EXPECT_EQ(accepted, 5);
    for (const char* name : {"header_nbsp", "header_num_filters", "section_lines", "batch_column",
                             "sparsity_column", "hostile/layer_too_large"}) {
        SCOPED_TRACE(name);
        accepted += both_accept(fmt::format("{}/{}.csv", cases.string(), name));
    }
    EXPECT_EQ(accepted, 8);
}

}  // namespace
}  // namespace bitloom::test
