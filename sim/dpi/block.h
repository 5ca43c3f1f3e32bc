// SPDX-License-Identifier: Apache-2.0
// A block with a state behind the ports of its RTL: names, widths and parameters are those of the
// module in rtl/. Inputs keep their values until they are set again; outputs are of the state and
// of the inputs as they are; edge() is a rising edge of clk_i.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// A parameter of the module, in its default or as given.
struct BlockParameter {
    std::string name;
    int value = 0;  // at first the default
    int low = 0, high = 0;
};

// Sets what `text` ("Word=8 Bits=4") says. Throws Error for a name that is not there, given twice,
// or out of range.
void set_parameters(std::vector<BlockParameter>& parameters, std::string_view text);

class Block {
public:
    virtual ~Block() = default;

    // Bits 64*word .. 64*word+63 of a port; bits above its width are dropped, and read as 0, or as
    // the sign of a signed port. Throw Error for a port or word that is not there, and set() for an
    // output.
    void set(std::string_view port, int word, std::uint64_t bits);
    std::uint64_t get(std::string_view port, int word);

    virtual void reset() = 0;
    // Requires inputs within what the ports of the RTL allow; throws Error otherwise.
    virtual void edge() = 0;

protected:
    explicit Block(std::string name) : name_(std::move(name)) {}

    void input(const char* name, int bits, bool is_signed = false);
    void output(const char* name, int bits, bool is_signed = false);

    // Values of inputs, sign-extended where signed; `width` bits from bit `width * index` on of a
    // port that is a vector.
    std::int64_t in(std::string_view port) const;
    std::int64_t in_range(std::string_view port, std::int64_t low, std::int64_t high) const;
    std::uint64_t in_part(std::string_view port, int width, int index) const;
    void out(std::string_view port, std::int64_t value);
    void out_part(std::string_view port, int width, int index, std::uint64_t value);

    // Puts the outputs of the present state and inputs on the output ports.
    virtual void evaluate() = 0;

private:
    struct Port {
        std::string name;
        int bits;
        bool is_input, is_signed;
        std::vector<std::uint64_t> words;  // clean above `bits`
    };
    void add(const char* name, int bits, bool is_input, bool is_signed);
    const Port& port(std::string_view name) const;
    Port& port(std::string_view name);

    std::string name_;
    std::vector<Port> ports_;
};

// A block of module `module`, after reset. Throws Error with the known modules, and as
// set_parameters does.
std::unique_ptr<Block> make_block(std::string_view module, std::string_view parameters);

// What make_block looks through.
struct BlockEntry {
    const char* module;
    std::vector<BlockParameter> parameters;
    std::unique_ptr<Block> (*make)(const std::vector<BlockParameter>& parameters);
};
std::vector<BlockEntry> bit_serial_blocks();
std::vector<BlockEntry> cim_blocks();

}  // namespace bitloom
