// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/verilated_array.h"

#include <fmt/format.h>
#include <verilated_cov.h>
#include <verilated_vcd_c.h>

#include <bit>
#include <string>
#include <utility>

#include "Vsystolic_array16.h"
#include "Vsystolic_array4.h"
#include "Vsystolic_array8.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

// Verilator gives ports of up to 64 bits an integer type, wider ones words of 32 bits.
template <class Port>
std::int64_t ones(const Port& port) {
    return std::popcount(port);
}
template <std::size_t Words>
std::int64_t ones(const VlWide<Words>& port) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < Words; ++i) count += std::popcount(port[i]);
    return count;
}

class VcdSink final : public VerilatedVcdFile {
public:
    explicit VcdSink(std::shared_ptr<WaveformFile> file) : file_(std::move(file)) {}
    bool open(const std::string&) override { return true; }
    void close() override {}
    ssize_t write(const char* bytes, ssize_t length) override {
        file_->write(std::string_view(bytes, static_cast<std::size_t>(length)));
        return length;
    }

private:
    const std::shared_ptr<WaveformFile> file_;
};

template <class Model>
class VerilatedArrayOf final : public VerilatedArray {
public:
    VerilatedArrayOf() {
        context_.traceEverOn(true);
        context_.randReset(0);
        model_ = std::make_unique<Model>(&context_);
        model_->clk_i = 0;
        model_->rst_ni = 1;
        drive({});
        model_->rst_ni = 0;
        model_->eval();
        model_->rst_ni = 1;
        model_->eval();
    }

    ~VerilatedArrayOf() override {
        model_->final();
        if (writer_) writer_->close();
    }

    void drive(const ArrayPins& pins) override {
        Model& m = *model_;
        m.enable_i = pins.enable;
        m.weight_stationary_i = pins.weight_stationary;
        m.shift_drain_i = pins.shift_drain;
        m.wide_i = pins.wide;
        m.activation_type_i = pins.activation_type;
        m.activation_narrow_i = pins.activation_narrow;
        m.weight_type_i = pins.weight_type;
        m.weight_narrow_i = pins.weight_narrow;
        put(m.activation_code_i, pins.activation_code);
        put(m.activation_valid_i, pins.activation_valid);
        m.activation_first_i = pins.activation_first;
        m.activation_last_i = pins.activation_last;
        put(m.weight_code_i, pins.weight_code);
        put(m.weight_valid_i, pins.weight_valid);
        m.weight_load_i = pins.weight_load;
        m.weight_load_first_i = pins.weight_load_first;
        m.weight_repeat_i = pins.weight_repeat;
        m.shift_i = pins.shift;
        m.eval();
    }
    void clock(bool level) override {
        model_->clk_i = level;
        model_->eval();
    }

    std::uint32_t activation_decodes() const override { return model_->activation_decode_o; }
    std::uint32_t weight_decodes() const override { return model_->weight_decode_o; }
    std::int64_t macs() const override { return ones(model_->mac_o); }
    std::uint32_t psum_valid() const override { return model_->psum_valid_o; }
    std::int32_t psum(std::int64_t column) const override {
        return static_cast<std::int32_t>(model_->psum_o[static_cast<std::size_t>(column)]);
    }

    void open_waveform(std::shared_ptr<WaveformFile> file) override {
        const std::string path = file->path().string();
        sink_ = std::make_unique<VcdSink>(std::move(file));
        writer_ = std::make_unique<VerilatedVcdC>(sink_.get());
        model_->trace(writer_.get(), 99);
        writer_->set_time_unit("1ps");
        writer_->set_time_resolution("1ps");
        writer_->open(path.c_str());
    }
    void dump(std::uint64_t time_ps) override {
        if (writer_) writer_->dump(time_ps);
    }
    void write_coverage(const std::filesystem::path& path) override {
        context_.coveragep()->write(path.c_str());
    }

private:
    template <class Port, class Value>
    static void put(Port& port, Value value) {
        port = static_cast<Port>(value);
    }

    VerilatedContext context_;
    std::unique_ptr<Model> model_;
    std::unique_ptr<VcdSink> sink_;
    std::unique_ptr<VerilatedVcdC> writer_;
};

template <class Model>
std::unique_ptr<VerilatedArray> make() {
    return std::make_unique<VerilatedArrayOf<Model>>();
}

// One line a size; rtl/CMakeLists.txt has the same list.
struct Size {
    std::int64_t rows, columns;
    std::unique_ptr<VerilatedArray> (*make)();
};
constexpr Size sizes[] = {
    {4, 4, make<Vsystolic_array4>},
    {8, 8, make<Vsystolic_array8>},
    {16, 16, make<Vsystolic_array16>},
};
constexpr int built_accumulator_bits = 32;

}  // namespace

std::unique_ptr<VerilatedArray> make_verilated_array(const SystolicConfig& config) {
    if (config.accumulator_bits != built_accumulator_bits)
        fail(
            "fidelity rtl is built for accumulators of {} bits: array.accumulator_bits = {}: "
            "choose {}, or fidelity pe or tile",
            built_accumulator_bits, config.accumulator_bits, built_accumulator_bits);
    std::string built;
    for (const Size& size : sizes) {
        if (size.rows == config.rows && size.columns == config.columns) return size.make();
        built += fmt::format("{}{}x{}", built.empty() ? "" : ", ", size.rows, size.columns);
    }
    fail(
        "fidelity rtl is built for arrays of {}: array.rows x array.columns = {} x {}: choose one "
        "of them, or fidelity pe or tile",
        built, config.rows, config.columns);
}

}  // namespace bitloom
