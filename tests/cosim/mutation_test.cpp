// SPDX-License-Identifier: Apache-2.0
// Deliberate faults in the RTL: each must be caught by the exported vectors. What survives here
// would survive in a cross-check with the same vectors.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
#include <vector>

#include "models/base/output_file.h"
#include "sim/verify/export.h"
#include "tests/cosim/export_tools.h"

namespace bitloom {
namespace {

struct Fault {
    const char* name;
    const char* file;
    const char* from;  // occurs exactly once in the file
    const char* to;
    std::vector<const char*> cases;  // vectors that should catch it, tried in this order
};

const std::vector<const char*> decoders = {"ant_decoder3", "ant_decoder4", "ant_decoder8"};
const std::vector<const char*> pes = {"ant_pe", "ant_pe16"};
const std::vector<const char*> int8_pes = {"ant_int8_pe"};
const std::vector<const char*> macs = {"int8_mac", "int8_mac20"};
const std::vector<const char*> requantizers = {"requantizer"};
const std::vector<const char*> minifloat_decoders = {
    "minifloat_decoder_e4m3", "minifloat_decoder_e5m2", "minifloat_decoder_e2m1"};
const std::vector<const char*> exact_macs = {"minifloat_mac_exact_e4m3",
                                             "minifloat_mac_exact_e5m2"};
const std::vector<const char*> fp32_macs = {"minifloat_mac_fp32_e4m3", "minifloat_mac_fp32_e5m2"};
const std::vector<const char*> adders = {"binary32_add"};

const std::vector<const char*> popcounts = {"popcount_unit"};
const std::vector<const char*> bit_pes = {"bit_serial_pe32", "bit_serial_pe"};
const std::vector<const char*> packers = {"plane_packer8", "plane_packer"};
const std::vector<const char*> bit_arrays = {"bit_serial_array"};

const std::vector<const char*> drivers = {"pwm_driver4", "pwm_driver8"};
const std::vector<const char*> sars = {"sar_logic4", "sar_logic8"};
const std::vector<const char*> ramps = {"ramp_counter4", "ramp_counter8"};
const std::vector<const char*> muxes = {"adc_mux"};
const std::vector<const char*> shift_adds = {"shift_add"};
const std::vector<const char*> cims = {"cim_digital_ramp", "cim_digital_sar"};

const std::vector<const char*> arrays = {"systolic_array_bus_drain", "systolic_array_shift_drain",
                                         "systolic_array_weight_stationary"};
const std::vector<const char*> bus_drain = {"systolic_array_bus_drain"};
const std::vector<const char*> shift_drain = {"systolic_array_shift_drain"};
const std::vector<const char*> weight_stationary = {"systolic_array_weight_stationary"};

const std::vector<Fault> faults = {
    // decoder of ANT
    {"sign dropped", "ant_decoder.sv", "assign negative_o = is_signed & code_i[Bits-1];",
     "assign negative_o = 1'b0;", decoders},
    {"unsigned codes taken as signed", "ant_decoder.sv", "assign is_signed  = type_i[2];",
     "assign is_signed  = 1'b1;", decoders},
    {"leading zeros off by one", "ant_decoder.sv", "zeros = Bits'(Bits - 2 - i);",
     "zeros = Bits'(Bits - 1 - i);", decoders},
    {"largest flint not corrected", "ant_decoder.sv",
     "(rest == '0) ? {1'b1, {(Bits - 2){1'b0}}} : rest << zeros", "rest << zeros", decoders},
    {"power of two off by one", "ant_decoder.sv", "exponent_o = magnitude - Bits'(1);",
     "exponent_o = magnitude;", decoders},
    {"negation without its +1", "ant_decoder.sv", "negative_o ? ~code_i + Bits'(1) : code_i",
     "negative_o ? ~code_i : code_i", decoders},
    // PE of ANT
    {"shift to the right", "ant_pe.sv", "AccBits'(product) << shift", "AccBits'(product) >> shift",
     pes},
    {"exponents not added", "ant_pe.sv", "ShiftBits'(a_exponent_i) + ShiftBits'(w_exponent_i)",
     "ShiftBits'(a_exponent_i)", pes},
    {"carry of the exponents dropped", "ant_pe.sv",
     "ShiftBits'(a_exponent_i) + ShiftBits'(w_exponent_i)",
     "{1'b0, ExponentBits'(a_exponent_i + w_exponent_i)}", pes},
    {"sign of the weight dropped", "ant_pe.sv", "(a_negative_i ^ w_negative_i)", "a_negative_i",
     pes},
    {"signs combined by or", "ant_pe.sv", "(a_negative_i ^ w_negative_i)",
     "(a_negative_i | w_negative_i)", pes},
    {"clear ignored", "ant_pe.sv", "(clear_i ? '0 : acc_q) + term", "acc_q + term", pes},
    {"clear drops its product", "ant_pe.sv", "(clear_i ? '0 : acc_q) + term",
     "clear_i ? '0 : acc_q + term", pes},
    {"valid ignored", "ant_pe.sv", "if (valid_i) acc_q <=", "acc_q <=", pes},
    {"reset leaves the sum", "ant_pe.sv", "      acc_q   <= '0;\n", "", pes},
    {"bit stuck at 0", "ant_pe.sv", "assign acc_o   = acc_q;",
     "assign acc_o   = acc_q & ~(AccBits'(1) << (AccBits - 2));", pes},
    // four PEs on an 8-bit product
    {"nibbles of the activation swapped", "ant_int8_pe.sv",
     ".code_i     (a_i[NibbleBits*n +: NibbleBits])",
     ".code_i     (a_i[NibbleBits*(1-n) +: NibbleBits])", int8_pes},
    {"low nibble signed", "ant_int8_pe.sv", "{(n == 1) & w_signed_i, TYPE_INT}",
     "{w_signed_i, TYPE_INT}", int8_pes},
    {"exponent of the high nibble", "ant_int8_pe.sv", "HIGH       = 4'd4", "HIGH       = 4'd3",
     int8_pes},
    {"one partial sum twice", "ant_int8_pe.sv", "acc[0 +: AccBits] + acc[AccBits +: AccBits]",
     "acc[0 +: AccBits] + acc[0 +: AccBits]", int8_pes},
    // plain MAC
    {"product not sign-extended", "int8_mac.sv", "AccBits'(product);",
     "{{(AccBits-16){1'b0}}, product};", macs},
    {"weight unsigned", "int8_mac.sv", "16'(a_i) * 16'(w_i)", "16'(a_i) * $signed({8'd0, w_i})",
     macs},
    // requantizer
    {"rounding constant missing", "requantizer.sv", " + 64'sh4000_0000", "", requantizers},
    {"rounding constant off by one", "requantizer.sv", "64'sh4000_0000", "64'sh3FFF_FFFF",
     requantizers},
    {"high multiply not saturated", "requantizer.sv",
     "(rounded[63:62] == 2'b01) ? INT32_MAX : rounded[62:31]", "rounded[62:31]", requantizers},
    {"ties towards plus infinity", "requantizer.sv", "(mask >> 1) + {31'b0, high_q[31]}",
     "(mask >> 1)", requantizers},
    {"remainder compared with >=", "requantizer.sv", "(remainder > threshold)",
     "(remainder >= threshold)", requantizers},
    {"left shift wraps", "requantizer.sv", "(wide[62:31] == {32{wide[62]}}) ? wide[31:0]",
     "1'b1 ? wide[31:0]", requantizers},
    {"logical shift to the right", "requantizer.sv", "(high_q >>> right_q2)",
     "(high_q >> right_q2)", requantizers},
    {"result not saturated", "requantizer.sv",
     "(divided[31:OutBits-1] == {(33 - OutBits){divided[31]}})", "1'b1", requantizers},
    {"stage overwritten while stalled", "requantizer.sv", "assign enable2 = enable3 | ~valid2_q;",
     "assign enable2 = 1'b1;", requantizers},
    {"bubbles not closed", "requantizer.sv", "assign enable1 = enable2 | ~valid1_q;",
     "assign enable1 = enable2;", requantizers},
    {"shift amount one stage early", "requantizer.sv", "high_q >>> right_q2", "high_q >>> right_q",
     requantizers},
    // minifloats
    {"subnormals with a hidden bit", "minifloat_decoder.sv", "{normal, mantissa}",
     "{1'b1, mantissa}", minifloat_decoders},
    {"subnormals one binade low", "minifloat_decoder.sv", ": field - 1'b1;", ": field;",
     minifloat_decoders},
    {"fn has no NaN", "minifloat_decoder.sv", "((Convention == 1) && (&mantissa))", "1'b0",
     minifloat_decoders},
    {"infinity taken as a number", "minifloat_decoder.sv",
     "(Convention == 2) && top && !(|mantissa)", "1'b0", minifloat_decoders},
    {"infinity times zero is infinity", "minifloat_product.sv",
     "a_nan || w_nan || (a_infinity && w_zero) || (w_infinity && a_zero)", "a_nan || w_nan",
     exact_macs},
    {"sign of a product dropped", "minifloat_product.sv", "a_negative ^ w_negative", "a_negative",
     exact_macs},
    {"flags cleared by every product", "minifloat_mac_exact.sv", "nan || (nan_q && !clear_i)",
     "nan", exact_macs},
    {"flags never cleared", "minifloat_mac_exact.sv", "nan || (nan_q && !clear_i)", "nan || nan_q",
     exact_macs},
    {"sign of infinity dropped",
     "minifloat_mac_exact.sv",
     "(infinity && !negative)",
     "infinity",
     {"minifloat_mac_exact_e5m2"}},
    {"guard bits lost",
     "minifloat_mac_exact.sv",
     "assign acc_d     = start + addend;",
     "assign acc_d     = {{2{start[AccBits-3]}}, start[AccBits-3:0]} + addend;",
     {"minifloat_mac_exact_e4m3_g1"}},
    {"exact sum starts at the old one", "minifloat_mac_exact.sv",
     "assign start     = clear_i ? '0 : acc_q;", "assign start     = acc_q;", exact_macs},
    {"exponent bias off by one", "minifloat_mac_fp32.sv", "127 + 2 - 2", "127 + 1 - 2", fp32_macs},
    {"zero product as a number", "minifloat_mac_fp32.sv", "!fraction[23]", "1'b0", fp32_macs},
    {"leading one of 4 bits", "minifloat_mac_fp32.sv", "i < ProductBits; i++",
     "i < ProductBits - 1; i++", fp32_macs},
    {"sum truncated", "binary32_add.sv",
     "assign round_up   = normal[2] && ((|normal[1:0]) || normal[3]);", "assign round_up   = 1'b0;",
     fp32_macs},
    {"ties away from zero", "binary32_add.sv", "normal[2] && ((|normal[1:0]) || normal[3])",
     "normal[2]", fp32_macs},
    {"sticky bit lost in alignment", "binary32_add.sv", "shifted[31] | (|shifted[30:0])",
     "shifted[31]", adders},
    {"sticky bit lost in normalization", "binary32_add.sv", "sum[1] | sum[0]", "sum[1]", adders},
    {"subnormal with a hidden bit", "binary32_add.sv", "minor_sig = {|minor[30:23], ",
     "minor_sig = {1'b1, ", adders},
    {"normalized below the smallest exponent", "binary32_add.sv",
     "({3'd0, to_top} < room) ? {3'd0, to_top} : room", "{3'd0, to_top}", adders},
    {"overflow keeps its fraction", "binary32_add.sv", "packed_sum >= INFINITY", "1'b0", adders},
    {"infinity minus infinity is infinity", "binary32_add.sv",
     "((minor[30:0] == INFINITY) && subtract) ? NAN : major", "major", adders},
    // bit-serial PE and its array
    {"mask ignored by AND", "popcount_unit.sv", "(a_i & w_i) & mask_i", "a_i & w_i", popcounts},
    {"OR in place of XOR", "popcount_unit.sv", "a_i ^ w_i", "a_i | w_i", popcounts},
    {"carry of a level dropped", "popcount_unit.sv",
     "(l + 1)'(g_level[l-1].sums[2*n*l +: l]) + (l + 1)'(g_level[l-1].sums[(2*n+1)*l +: l])",
     "{1'b0, g_level[l-1].sums[2*n*l +: l] + g_level[l-1].sums[(2*n+1)*l +: l]}", popcounts},
    {"left half counted twice", "popcount_unit.sv", "sums[(2*n+1)*l +: l]", "sums[2*n*l +: l]",
     popcounts},
    {"no shift between diagonals", "bit_serial_pe.sv", "shift_i ? {acc_q[AccBits-2:0], 1'b0}",
     "1'b0 ? {acc_q[AccBits-2:0], 1'b0}", bit_pes},
    {"shift brings in a one", "bit_serial_pe.sv", "shift_i ? {acc_q[AccBits-2:0], 1'b0}",
     "shift_i ? {acc_q[AccBits-2:0], 1'b1}", bit_pes},
    {"shift wins over clear", "bit_serial_pe.sv",
     "clear_i ? '0 : (shift_i ? {acc_q[AccBits-2:0], 1'b0} : acc_q)",
     "shift_i ? {acc_q[AccBits-2:0], 1'b0} : (clear_i ? '0 : acc_q)", bit_pes},
    {"sign of the planes dropped", "bit_serial_pe.sv", "mode_i[0] ^ negate_i", "mode_i[0]",
     bit_pes},
    {"signs combined by or in a mode", "bit_serial_pe.sv", "mode_i[0] ^ negate_i",
     "mode_i[0] | negate_i", bit_pes},
    {"count of mixed planes not doubled", "bit_serial_pe.sv", "mode_i[0] ^ mode_i[1]",
     "mode_i == 2'd1", bit_pes},
    {"correction missing in the last mode", "bit_serial_pe.sv", "mode_i != 2'd0", "^mode_i",
     bit_pes},
    {"negative dot product not extended", "bit_serial_pe.sv", "AccBits'(difference)",
     "{{(AccBits-CountBits-2){1'b0}}, difference}", bit_pes},
    {"full word of ones counted as none", "bit_serial_pe.sv", "{1'b0, count, 1'b0}",
     "{2'b00, count[CountBits-2:0], 1'b0}", bit_pes},
    {"word overwritten while it waits", "plane_packer.sv", "assign ready_o  = ~full_q | moves;",
     "assign ready_o  = 1'b1;", packers},
    {"buffers change a plane early", "plane_packer.sv",
     "((left_q == 4'd0) | ((left_q == 4'd1) & ready_i))", "((left_q == 4'd0) | (left_q == 4'd1))",
     packers},
    {"old codes left in the buffer", "plane_packer.sv", "(first ? '0 : filling_q[s*Word +: Word])",
     "filling_q[s*Word +: Word]", packers},
    {"mask of the word before", "plane_packer.sv", "(first ? '0 : fill_mask_q) | position",
     "fill_mask_q | position", packers},
    {"short word not ended", "plane_packer.sv", "last_i | (codes_q == FillBits'(Word - 1))",
     "codes_q == FillBits'(Word - 1)", packers},
    {"one plane missing", "plane_packer.sv", "left_q       <= planes_i;",
     "left_q       <= planes_i - 4'd1;", packers},
    {"planes from the top", "plane_packer.sv", "emptying_q[plane_q*Word +: Word]",
     "emptying_q[(3'd7 - plane_q)*Word +: Word]", packers},
    {"mask not in the correction", "bit_serial_array.sv", ".mask_i  (mask_q[r*Word +: Word]),",
     ".mask_i  ({Word{1'b1}}),", bit_arrays},
    {"correction counts the activation in all modes", "bit_serial_array.sv",
     "(mode_q == 2'd1) ? {Word{1'b1}} : a_q[r*Word +: Word]", "a_q[r*Word +: Word]", bit_arrays},
    {"one row's words in all rows", "bit_serial_array.sv", ".a_i         (a_q[r*Word +: Word])",
     ".a_i         (a_q[0 +: Word])", bit_arrays},
    {"results a cycle early", "bit_serial_array.sv", "if ((&valid) & last_q2) result_q <= acc;",
     "if (last_q) result_q <= acc;", bit_arrays},
    {"wrong row read", "bit_serial_array.sv",
     "result_q[row_i*Columns*AccBits +:", "result_q[(row_i ^ 2'd1)*Columns*AccBits +:", bit_arrays},
    // digital half of an analog core
    {"code not clamped", "pwm_driver.sv", "(size > MAX) ? MAX[TickBits-1:0] : size[TickBits-1:0]",
     "size[TickBits-1:0]", drivers},
    {"pulse one tick short", "pwm_driver.sv", "assign pulse_o    = ticks_q != '0;",
     "assign pulse_o    = ticks_q > TickBits'(1);", drivers},
    {"polarity of the code in bit-serial mode", "pwm_driver.sv", "sign_q & (mode_i != SERIAL)",
     "sign_q", drivers},
    {"magnitude in place of two's complement", "pwm_driver.sv", "assign twos         = sign_q ?",
     "assign twos         = 1'b0 ?", drivers},
    {"high bits first", "pwm_driver.sv", "(pass_i == 3'd0) ? (size_q & low_mask)",
     "(pass_i != 3'd0) ? (size_q & low_mask)", drivers},
    {"code taken with the start", "pwm_driver.sv", "      if (load_i) begin",
     "      if (start_i) begin", drivers},
    {"lowest code one too low", "sar_logic.sv", "assign keep   = compare_i | lowest;",
     "assign keep   = compare_i;", sars},
    {"search without the last bit", "sar_logic.sv", "done_q <= bit_q[0];", "done_q <= bit_q[1];",
     sars},
    {"bit kept when the comparison fails", "sar_logic.sv", "if (keep) code_q <= trial;",
     "code_q <= trial;", sars},
    {"start during a conversion ignored", "sar_logic.sv", "end else if (start_i) begin",
     "end else if (start_i && bit_q == '0) begin", sars},
    {"counter wraps at the top", "ramp_counter.sv", "counting_q <= higher != MAX;",
     "counting_q <= 1'b1;", ramps},
    {"falling ramp stops at once", "ramp_counter.sv", "counting_q <= ~compare_i;",
     "counting_q <= 1'b0;", ramps},
    {"ramp never falls", "ramp_counter.sv", "counting_q <= left_q == WINDOW;",
     "counting_q <= 1'b0;", ramps},
    {"ramp falls after it has risen", "ramp_counter.sv", "counting_q <= left_q == WINDOW;",
     "counting_q <= 1'b1;", ramps},
    {"ramp one cycle short", "ramp_counter.sv", "done_q <= left_q == Bits'(1);",
     "done_q <= left_q == Bits'(2);", ramps},
    {"neighbours share an ADC", "adc_mux.sv", "SelectBits'(column / Width'(Adcs))",
     "SelectBits'(rank / Width'(Adcs))", muxes},
    {"block taken to begin at ADC 0", "adc_mux.sv", " - Width'(first_i) % Width'(Adcs)) %", ") %",
     muxes},
    {"one column too many", "adc_mux.sv", "rank < count_i", "rank <= count_i", muxes},
    {"sign pass added", "shift_add.sv", "negate_i ? -shifted : shifted", "shifted", shift_adds},
    {"code not shifted", "shift_add.sv", "AccBits'(code_i) <<< shift_i", "AccBits'(code_i)",
     shift_adds},
    {"sum of another column", "shift_add.sv", "clear_i ? '0 : acc_q[select_i*AccBits +: AccBits]",
     "clear_i ? '0 : acc_q[0 +: AccBits]", shift_adds},
    {"tile starts the sum anew", "cim_phase_sequencer.sv", "(tile_q == '0) & (pass_q == '0)",
     "pass_q == '0", cims},
    {"pass starts the sum anew", "cim_phase_sequencer.sv", "(tile_q == '0) & (pass_q == '0)",
     "tile_q == '0", cims},
    {"sum complete one pass early", "cim_phase_sequencer.sv",
     "(tile_q == tiles_i - 4'd1) & last_pass;", "tile_q == tiles_i - 4'd1;", cims},
    {"charge overwritten while it is converted", "cim_phase_sequencer.sv",
     "assign sample_o        = at_end & converters_free;", "assign sample_o        = at_end;",
     cims},
    {"code dropped while the drain is full", "cim_phase_sequencer.sv", "(~take_last_q | ready_i)",
     "1'b1", cims},
    {"phases of a held shot not converted", "cim_phase_sequencer.sv",
     "assign convert_o       = sample_o | (take_o & more_phases);",
     "assign convert_o       = sample_o;", cims},
    {"window one cycle short", "cim_phase_sequencer.sv", "CycleBits'(SetupCycles + EndCycles - 1)",
     "CycleBits'(SetupCycles + EndCycles - 2)", cims},
    {"vector taken while the shot waits", "cim_phase_sequencer.sv",
     "~active_q | (sample_o & last_shot)", "~active_q | (at_end & last_shot)", cims},
    {"slices not shifted", "cim_drain.sv", "(32'(sum) <<< shift_q)", "32'(sum)", cims},
    {"slices of the weight before", "cim_drain.sv", "partial_q <= last_slice ? '0 : total;",
     "partial_q <= total;", cims},
    {"no fraction bits", "cim_drain.sv", "(total <<< 8) + bias_i", "total + bias_i", cims},
    {"ADC 0 always first", "cim_drain.sv", "index_q <= first_i;", "index_q <= '0;", cims},
    {"output number runs on", "cim_drain.sv", "if (restart_i) output_q <= '0;", "", cims},
    {"sums taken while others leave", "cim_drain.sv",
     "~busy | (steps & (left_q == (IndexBits + 1)'(1)))", "~busy | (left_q == (IndexBits + 1)'(1))",
     cims},
    {"sign pass added in the core", "cim_digital.sv",
     "(mode_i == SERIAL) & ({1'b0, take_pass} == passes - 4'd1)", "1'b0", cims},
    {"one window for both passes", "cim_digital.sv", "MAX >> low_bits_i", "MAX", cims},
    {"columns of the shot after", "cim_digital.sv", ".phase_i (take_phase),", ".phase_i (phase),",
     cims},
    // systolic array
    {"skew one step too short", "systolic_array.sv", "skew_line #(.Width(5), .Depth(r)) i_skew",
     "skew_line #(.Width(5), .Depth(r > 1 ? r - 1 : r)) i_skew", bus_drain},
    {"sum not cleared at a fold", "systolic_pe.sv", "(mac & activation_first_i) ? '0 : acc_q",
     "acc_q", bus_drain},
    {"sum complete one vector early", "systolic_pe.sv", "(mac & activation_last_i)", "mac",
     bus_drain},
    {"stall ignored", "systolic_pe.sv", "end else if (enable_i) begin", "end else begin",
     bus_drain},
    {"weight not passed on", "systolic_pe.sv", "weight_q         <= weight_i;",
     "weight_q         <= weight_q;", arrays},
    {"old weight in the first step", "systolic_pe.sv", "activation_first_i ? weight_q : active_q",
     "active_q", weight_stationary},
    {"waiting weight at once", "systolic_pe.sv", "activation_first_i ? weight_q : active_q",
     "weight_q", weight_stationary},
    {"psum from above dropped", "systolic_pe.sv", "psum_valid_i ? psum_i : '0", "'0",
     weight_stationary},
    {"weights shift one row too far", "systolic_array.sv", "? Rows'(1) : {shifts_q, 1'b1}",
     "? Rows'(3) : {shifts_q, 1'b1}", weight_stationary},
    {"drain one row off", "drain_slot.sv", "slot_q       <= shift_i ? slot_i : slot_o;",
     "slot_q       <= shift_i ? slot_q : slot_o;", shift_drain},
    {"slot not captured", "drain_slot.sv", "assign slot_valid_o = arrives | slot_valid_q;",
     "assign slot_valid_o = slot_valid_q;", shift_drain},
    {"rows above lost on the bus", "drain_slot.sv", "bus_i | (psum_valid_i ? psum_i : '0)",
     "psum_valid_i ? psum_i : '0", bus_drain},
    {"columns of a pair swapped", "psum_combiner.sv", "odd_o        = odd_i;",
     "odd_o        = even_i;", arrays},
    {"decoder of 3 bits for all", "boundary_decoder.sv", "narrow_i ? {negative3",
     "!narrow_i ? {negative3", arrays},
    {"x - x is -0", "binary32_add.sv", "{major[31] && !subtract, 31'd0}", "{major[31], 31'd0}",
     adders},
};

constexpr std::int64_t random_rows = 6000;

struct Verdict {
    std::string caught_by;  // the bench's line; empty when the fault survived
    std::string problem;    // why the fault could not be tried
};

Verdict try_fault(const Fault& fault, const std::filesystem::path& vectors) {
    const Folder folder;
    const auto rtl = folder.path() / "rtl";
    std::filesystem::create_directories(rtl);
    for (const auto& entry : std::filesystem::directory_iterator(rtl_folder)) {
        const auto extension = entry.path().extension();
        if (extension == ".sv" || extension == ".svh")
            std::filesystem::copy_file(entry.path(), rtl / entry.path().filename());
    }
    std::string text = read_file(rtl / fault.file);
    const std::string from = fault.from;
    const std::size_t at = text.find(from);
    if (at == std::string::npos) return {"", "its text is not in the file"};
    if (text.find(from, at + 1) != std::string::npos) return {"", "its text is there twice"};
    std::filesystem::remove(rtl / fault.file);
    write_file(rtl / fault.file, text.replace(at, from.size(), fault.to));

    for (const char* name : fault.cases) {
        const ToolRun run = run_icarus(vectors, name, rtl, folder.path() / "program", 80000);
        const std::size_t fail = run.output.find(std::string("FAIL ") + name + ": ");
        if (fail != std::string::npos && run.exit_code == 0)
            return {"", "exits with 0 in spite of: " + run.output};
        if (fail != std::string::npos)
            return {run.output.substr(fail, run.output.find('\n', fail) - fail), ""};
        if (run.exit_code != 0 || run.output.find("PASS") == std::string::npos)
            return {"", "does not compile or run: " + run.output};
    }
    return {};
}

// Two faults at a time.
TEST(Mutation, EveryFaultInTheRtlIsCaughtByTheVectors) {
    if (!has_tool("iverilog"))
        GTEST_SKIP() << "iverilog is not installed (scripts/setup.sh --tests)";
    const Folder vectors;
    export_vectors(vectors.path(), 9, random_rows);

    std::vector<Verdict> verdicts(faults.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < faults.size(); i = next++)
            verdicts[i] = try_fault(faults[i], vectors.path());
    };
    auto other = std::async(std::launch::async, work);
    work();
    other.get();

    std::string table = fmt::format(
        "# {} deliberate faults in the RTL\n\n"
        "Made by `BITLOOM_MUTATION_TABLE=tests/cosim/mutations.md "
        "build/dev/tests/cosim/mutation_test`: which exported\nvectors catch each, at the first "
        "row (a clock cycle) that differs. `mutation_test.cpp` has the faults themselves.\n\n"
        "| file | fault | caught by | output |\n|---|---|---|---|\n",
        faults.size());
    for (std::size_t i = 0; i < faults.size(); ++i) {
        const std::string& line = verdicts[i].caught_by;
        const std::string by = line.substr(0, line.find(": ", line.find("row ")));
        const std::string port = line.substr(std::min(line.size(), line.rfind(": ") + 2));
        std::printf("%-22s %-42s %s, %s\n", faults[i].file, faults[i].name,
                    line.empty() ? "SURVIVED" : by.c_str(), port.c_str());
        table += fmt::format("| `{}` | {} | {} | `{}` |\n", faults[i].file, faults[i].name,
                             by.substr(0, 5) == "FAIL " ? by.substr(5) : "nothing", port);
        EXPECT_EQ(verdicts[i].problem, "") << faults[i].file << ": " << faults[i].name;
        EXPECT_NE(line, "") << faults[i].file << ": " << faults[i].name << ": survived";
    }
    EXPECT_GE(faults.size(), 20u);
    // tests/cosim/mutations.md is made so.
    if (const char* path = std::getenv("BITLOOM_MUTATION_TABLE")) write_file(path, table);
}

// The same way of trying says so when there is no fault: otherwise it would call all caught.
TEST(Mutation, NoFaultIsNotCaught) {
    if (!has_tool("iverilog"))
        GTEST_SKIP() << "iverilog is not installed (scripts/setup.sh --tests)";
    const Folder vectors;
    export_vectors(vectors.path(), 9, 200);
    const Verdict verdict =
        try_fault({"none", "ant_pe.sv", "<< shift", "<<  shift", {"ant_pe"}}, vectors.path());
    EXPECT_EQ(verdict.caught_by, "");
    EXPECT_EQ(verdict.problem, "");
    const Verdict broken =
        try_fault({"syntax", "ant_pe.sv", "<< shift", "<< <", {"ant_pe"}}, vectors.path());
    EXPECT_EQ(broken.caught_by, "");
    EXPECT_NE(broken.problem, "");
}

}  // namespace
}  // namespace bitloom
