// SPDX-License-Identifier: Apache-2.0
// The bit-serial blocks behind the ports of popcount_unit, bit_serial_pe, plane_packer and
// bit_serial_array.
#include <bit>

#include "models/pe/bit_serial/bit_serial_array_step.h"
#include "models/pe/bit_serial/plane_packer.h"
#include "sim/dpi/block.h"

namespace bitloom {

namespace {

int count_bits(int word) {
    return static_cast<int>(std::bit_width(static_cast<unsigned>(word)));
}

class PopcountUnitBlock final : public Block {
public:
    explicit PopcountUnitBlock(const std::vector<BlockParameter>& parameters)
        : Block("popcount_unit"), word_(parameters[0].value) {
        input("xor_i", 1);
        for (const char* name : {"a_i", "w_i", "mask_i"}) input(name, word_);
        output("count_o", count_bits(word_));
    }
    void reset() override {}
    void edge() override {}

private:
    void evaluate() override {
        const auto mode = in("xor_i") != 0 ? BitSerialMode::xor_bipolar : BitSerialMode::and_binary;
        out("count_o", BitSerialPe::count(mode, in_part("a_i", word_, 0), in_part("w_i", word_, 0),
                                          in_part("mask_i", word_, 0)));
    }
    int word_;
};

class BitSerialPeBlock final : public Block {
public:
    explicit BitSerialPeBlock(const std::vector<BlockParameter>& parameters)
        : Block("bit_serial_pe"), word_(parameters[0].value) {
        for (const char* name : {"valid_i", "clear_i", "shift_i", "negate_i"}) input(name, 1);
        input("mode_i", 2);
        for (const char* name : {"a_i", "w_i", "mask_i"}) input(name, word_);
        input("reference_i", count_bits(word_));
        output("valid_o", 1);
        output("acc_o", 32, true);
    }
    void reset() override {
        state_ = {};
        valid_ = false;
    }
    void edge() override {
        const auto mode = static_cast<BitSerialMode>(in("mode_i"));
        const BitSerialPe::Control control{in("valid_i") != 0, in("clear_i") != 0,
                                           in("shift_i") != 0, in("negate_i") != 0, mode};
        const int count = BitSerialPe::count(mode, in_part("a_i", word_, 0),
                                             in_part("w_i", word_, 0), in_part("mask_i", word_, 0));
        // As the RTL: the count is corrected by what stands at the port.
        state_ = BitSerialPe::next(
            state_, control,
            BitSerialPe::contribution(mode, count, static_cast<int>(in("reference_i"))));
        valid_ = control.valid;
    }

private:
    void evaluate() override {
        out("valid_o", valid_);
        out("acc_o", state_.accumulator);
    }
    int word_;
    BitSerialPe::State state_;
    bool valid_ = false;
};

class PlanePackerBlock final : public Block {
public:
    explicit PlanePackerBlock(const std::vector<BlockParameter>& parameters)
        : Block("plane_packer"), word_(parameters[0].value) {
        input("planes_i", 4);
        input("valid_i", 1);
        input("code_i", 8);
        input("last_i", 1);
        input("ready_i", 1);
        output("ready_o", 1);
        output("valid_o", 1);
        output("word_o", word_);
        output("mask_o", word_);
        output("plane_o", 3);
    }
    void reset() override { state_ = {}; }
    void edge() override {
        in_range("planes_i", 1, 8);
        state_ = PlanePacker::next(state_, inputs(), word_);
    }

private:
    PlanePacker::Inputs inputs() const {
        return {in("valid_i") != 0, static_cast<std::uint8_t>(in("code_i")), in("last_i") != 0,
                in("ready_i") != 0, static_cast<int>(in("planes_i"))};
    }
    void evaluate() override {
        const PlanePacker::Outputs now = PlanePacker::outputs(state_, inputs());
        out("ready_o", now.ready);
        out("valid_o", now.valid);
        out_part("word_o", word_, 0, now.word);
        out_part("mask_o", word_, 0, now.mask);
        out("plane_o", now.plane);
    }
    int word_;
    PlanePacker::State state_;
};

class BitSerialArrayBlock final : public Block {
public:
    explicit BitSerialArrayBlock(const std::vector<BlockParameter>& parameters)
        : Block("bit_serial_array"),
          word_(parameters[2].value),
          array_(parameters[0].value, parameters[1].value) {
        for (const char* name : {"valid_i", "clear_i", "shift_i", "negate_i"}) input(name, 1);
        input("mode_i", 2);
        input("last_i", 1);
        input("a_i", array_.rows() * word_);
        input("mask_i", array_.rows() * word_);
        input("w_i", array_.columns() * word_);
        input("row_i", array_.rows() > 1 ? count_bits(array_.rows() - 1) : 1);
        output("valid_o", 1);
        output("result_o", array_.columns() * 32);
    }
    void reset() override { array_.reset(); }
    void edge() override {
        BitSerialArrayStep::Inputs inputs;
        inputs.control = {in("valid_i") != 0, in("clear_i") != 0, in("shift_i") != 0,
                          in("negate_i") != 0, static_cast<BitSerialMode>(in("mode_i"))};
        inputs.last = in("last_i") != 0;
        for (int r = 0; r < array_.rows(); ++r) {
            inputs.activations.push_back(in_part("a_i", word_, r));
            inputs.masks.push_back(in_part("mask_i", word_, r));
        }
        for (int c = 0; c < array_.columns(); ++c)
            inputs.weights.push_back(in_part("w_i", word_, c));
        array_.edge(inputs);
    }

private:
    void evaluate() override {
        const auto row = static_cast<int>(in_range("row_i", 0, array_.rows() - 1));
        out("valid_o", array_.valid());
        for (int c = 0; c < array_.columns(); ++c)
            out_part("result_o", 32, c, static_cast<std::uint32_t>(array_.result(row, c)));
    }
    int word_;
    BitSerialArrayStep array_;
};

template <class Made>
std::unique_ptr<Block> make(const std::vector<BlockParameter>& parameters) {
    return std::make_unique<Made>(parameters);
}

}  // namespace

std::vector<BlockEntry> bit_serial_blocks() {
    return {{"popcount_unit", {{"Word", 64, 2, 64}}, make<PopcountUnitBlock>},
            {"bit_serial_pe", {{"Word", 64, 2, 64}}, make<BitSerialPeBlock>},
            {"plane_packer", {{"Word", 64, 2, 64}}, make<PlanePackerBlock>},
            {"bit_serial_array",
             {{"Rows", 4, 1, 256}, {"Columns", 4, 1, 256}, {"Word", 32, 2, 64}},
             make<BitSerialArrayBlock>}};
}

}  // namespace bitloom
