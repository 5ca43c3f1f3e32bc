// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog bench of a dumped layer.
#include <fmt/format.h>

#include <algorithm>

#include "models/array/systolic/systolic_sequencer.h"
#include "models/base/error.h"
#include "models/numeric/format.h"
#include "models/pe/bit_serial/bit_operand.h"
#include "sim/engine/dump_checksum.h"
#include "sim/engine/layer_dump.h"

namespace bitloom {

namespace {

std::string memory(const DumpedTensor& tensor) {
    return fmt::format("  logic [{}:0] {} [0:{}];\n", tensor.bits - 1, tensor.name,
                       tensor.values.size() - 1);
}

// At first every element differs from the last one of the file, so a file that ends early is seen.
std::string load(const DumpedTensor& tensor) {
    return fmt::format(
        "    for (i = 0; i < {1}; i = i + 1) {0}[i] = ~{3}'h{4:x};\n"
        "    $readmemh(\"{0}.hex\", {0});\n"
        "    sum = 32'hffffffff;\n"
        "    for (i = 0; i < {1}; i = i + 1) sum = {{sum[30:0], sum[31]}} ^ 32'({0}[i]);\n"
        "    if (sum !== 32'h{2:08x}) begin\n"
        "      $display(\"FAIL dump: {0}.hex: not as it was written: its checksum differs\");\n"
        "      $fatal(1, \"{0}.hex\");\n"
        "    end\n",
        tensor.name, tensor.values.size(), dump_checksum(tensor), tensor.bits,
        dump_bits(tensor, tensor.values.back()));
}

// A fold of the systolic array after another, output stationary: psums leave on the columns' buses.
constexpr std::string_view systolic_signals = R"(
  localparam int TILE_M = Rows / LINES;
  localparam int TILE_N = Columns / LINES;

  logic                       enable, feed_first, feed_last;
  logic [4*Rows-1:0]          a_codes;
  logic [Rows-1:0]            a_valid, unused_a;
  logic [4*Columns-1:0]       w_codes;
  logic [Columns-1:0]         w_valid, psum_valid, unused_w;
  logic [ACC_BITS*Columns-1:0] psum;
  logic [Rows*Columns-1:0]    unused_mac;
  systolic_array #(.Rows(Rows), .Columns(Columns), .AccBits(ACC_BITS)) i_array (
    .clk_i(clk_i), .rst_ni(rst_ni), .enable_i(enable), .weight_stationary_i(1'b0),
    .shift_drain_i(1'b0), .wide_i(LINES == 2), .activation_type_i(3'(A_TYPE)),
    .activation_narrow_i(A_NARROW != 0), .weight_type_i(3'(W_TYPE)),
    .weight_narrow_i(W_NARROW != 0), .activation_code_i(a_codes), .activation_valid_i(a_valid),
    .activation_first_i(feed_first), .activation_last_i(feed_last), .weight_code_i(w_codes),
    .weight_valid_i(w_valid), .weight_load_i(1'b0), .weight_load_first_i(1'b0),
    .weight_repeat_i(1'b0), .shift_i(1'b0), .psum_o(psum), .psum_valid_o(psum_valid),
    .activation_decode_o(unused_a), .weight_decode_o(unused_w), .mac_o(unused_mac)
  );

  // The 4 bits of a code on a line: a nibble of 8 bits, or the same number in 4 bits.
  function automatic logic [3:0] line_code(input logic [7:0] code, input int bits, input int kind,
                                           input int narrow, input int number);
    logic [3:0] sign;
    if (LINES == 2) return number == 0 ? code[7:4] : code[3:0];
    sign = 4'((code >> (bits - 1)) & 8'd1);
    if (bits == 4 || narrow != 0 || kind < 4) return code[3:0];
    if (kind == 4) return sign != 0 ? code[3:0] | (4'hf << bits) : code[3:0];
    return (sign << 3) | (code[3:0] & ((4'd1 << (bits - 1)) - 4'd1));
  endfunction
)";

constexpr std::string_view systolic_run = R"(
  int row [0:Columns-1];
  int p, m, n, k, c, r, got, wanted, step, line, place;
  task automatic check_products;
    enable = 1'b1;
    for (p = 0; p < PROBLEMS; p = p + 1)
      for (m = 0; m < M; m = m + TILE_M)
        for (n = 0; n < N; n = n + TILE_N)
          if (!failed && parts < last) begin
            parts = parts + 1;
            got = 0;
            wanted = (M - m < TILE_M ? M - m : TILE_M) * (N - n < TILE_N ? N - n : TILE_N);
            for (c = 0; c < Columns; c = c + 1) row[c] = 0;
            // The last psum of a fold follows its last operands by the array's skew.
            for (step = 0; step < K + Rows + Columns + 4 && !failed; step = step + 1) begin
              a_codes = '0;
              a_valid = '0;
              w_codes = '0;
              w_valid = '0;
              feed_first = step == 0;
              feed_last = step == K - 1;
              if (step < K) begin
                for (r = 0; r < TILE_M && m + r < M; r = r + 1)
                  for (line = 0; line < LINES; line = line + 1) begin
                    a_codes[4*(r*LINES + line) +: 4] =
                        line_code(8'(operands[(p*M + m + r)*K + step][A_BITS-1:0]), A_BITS, A_TYPE,
                                  A_NARROW, line);
                    a_valid[r*LINES + line] = 1'b1;
                  end
                for (c = 0; c < TILE_N && n + c < N; c = c + 1)
                  for (line = 0; line < LINES; line = line + 1) begin
                    w_codes[4*(c*LINES + line) +: 4] =
                        line_code(8'(weights[(p*N + n + c)*K + step]), W_BITS, W_TYPE, W_NARROW,
                                  line);
                    w_valid[c*LINES + line] = 1'b1;
                  end
              end
              cycle;
              for (c = 0; c < Columns; c = c + 1)
                if (psum_valid[c] === 1'b1 && !failed) begin
                  place = (p*M + m + row[c])*N + n + c / LINES;
                  if (psum[ACC_BITS*c +: ACC_BITS] !== psums[place][ACC_BITS-1:0]) begin
                    failed = 1'b1;
                    $display("FAIL dump: psum [%0d][%0d][%0d]: %h, expected %h", p, m + row[c],
                             n + c / LINES, psum[ACC_BITS*c +: ACC_BITS], psums[place]);
                  end
                  row[c] = row[c] + 1;
                  got = got + 1;
                  checked = checked + 1;
                end
            end
            if (!failed && got != wanted) begin
              failed = 1'b1;
              $display("FAIL dump: fold [%0d][%0d][%0d]: %0d psums left the array, expected %0d", p,
                       m, n, got, wanted);
            end
          end
    enable = 1'b0;
  endtask
)";

// One bit-serial PE computes psum after psum: pairs of planes by diagonals, words of 64 positions.
constexpr std::string_view bit_serial_signals = R"(
  logic               valid, clear, shift_sum, negate;
  logic [1:0]         mode;
  logic [63:0]        a_word, w_word, mask_word;
  logic [6:0]         reference;
  logic               acc_valid;
  logic signed [31:0] acc;
  bit_serial_pe i_pe (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(valid), .clear_i(clear), .shift_i(shift_sum),
    .negate_i(negate), .mode_i(mode), .a_i(a_word), .w_i(w_word), .mask_i(mask_word),
    .reference_i(reference), .valid_o(acc_valid), .acc_o(acc)
  );
)";

constexpr std::string_view bit_serial_run = R"(
  int p, m, n, k, base, bit_number, diagonal, s, t;
  task automatic check_products;
    mode = A_TYPE == 2 ? (W_TYPE == 2 ? 2'd1 : 2'd3) : (W_TYPE == 2 ? 2'd2 : 2'd0);
    for (p = 0; p < PROBLEMS; p = p + 1)
      for (m = 0; m < M; m = m + 1)
        for (n = 0; n < N; n = n + 1)
          if (!failed && parts < last) begin
            parts = parts + 1;
            clear = 1'b1;
            for (diagonal = A_BITS + W_BITS - 2; diagonal >= 0; diagonal = diagonal - 1) begin
              shift_sum = !clear;
              for (s = A_BITS - 1; s >= 0; s = s - 1) begin
                t = diagonal - s;
                if (t >= 0 && t < W_BITS) begin
                  negate = (A_TYPE == 1 && s == A_BITS - 1) != (W_TYPE == 1 && t == W_BITS - 1);
                  for (base = 0; base < K; base = base + 64) begin
                    a_word = '0;
                    w_word = '0;
                    mask_word = '0;
                    for (bit_number = 0; bit_number < 64 && base + bit_number < K;
                         bit_number = bit_number + 1) begin
                      k = base + bit_number;
                      mask_word[bit_number] = !operands[(p*M + m)*K + k][A_BITS];
                      a_word[bit_number] = operands[(p*M + m)*K + k][s];
                      w_word[bit_number] = weights[(p*N + n)*K + k][t];
                    end
                    reference = 7'($countones(mode == 2'd1 ? mask_word : a_word & mask_word));
                    valid = 1'b1;
                    cycle;
                    valid = 1'b0;
                    clear = 1'b0;
                    shift_sum = 1'b0;
                  end
                end
              end
            end
            checked = checked + 1;
            if (acc_valid !== 1'b1 || acc !== $signed(psums[(p*M + m)*N + n])) begin
              failed = 1'b1;
              $display("FAIL dump: psum [%0d][%0d][%0d]: %h, expected %h", p, m, n, acc,
                       psums[(p*M + m)*N + n]);
            end
          end
  endtask
)";

constexpr std::string_view requantizer_signals = R"(
  logic               q_valid, q_ready, q_done;
  logic signed [31:0] q_value, q_mantissa;
  logic signed [5:0]  q_shift;
  logic signed [15:0] q_word;
  requantizer i_requantizer (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(q_valid), .ready_o(q_ready), .value_i(q_value),
    .mantissa_i(q_mantissa), .shift_i(q_shift), .valid_o(q_done), .ready_i(1'b1), .value_o(q_word)
  );
)";

// One operand a cycle, a result three cycles later. `psums` are [batch][group][m][n], words
// [batch][m][group][n].
constexpr std::string_view requantizer_run = R"(
  int sent, taken, channel, word_place;
  logic signed [32:0] biased;
  logic signed [15:0] clamped;
  task automatic check_words;
    taken = 0;
    for (sent = 0; sent < PSUMS + 8 && !failed && taken < limit; sent = sent + 1) begin
      q_valid = sent < PSUMS;
      if (sent < PSUMS) begin
        channel = (sent / (M*N)) % GROUPS * N + sent % N;
        biased = 33'($signed(psums[sent])) + 33'($signed(bias[channel]));
        q_value = biased > 33'sh0_7fff_ffff  ? 32'sh7fff_ffff
                : biased < -33'sh0_8000_0000 ? 32'sh8000_0000
                                             : biased[31:0];
        q_mantissa = mantissa[channel];
        q_shift = shift[channel];
      end
      cycle;
      if (q_done === 1'b1) begin
        word_place = ((taken / (M*N*GROUPS) * M + taken / N % M) * GROUPS + taken / (M*N) % GROUPS) * N
                     + taken % N;
        clamped = q_word < CLAMP_LOW ? CLAMP_LOW : q_word > CLAMP_HIGH ? CLAMP_HIGH : q_word;
        if (clamped !== $signed(words[word_place])) begin
          failed = 1'b1;
          $display("FAIL dump: word %0d: %h, expected %h", word_place, clamped, words[word_place]);
        end
        taken = taken + 1;
      end
    end
    q_valid = 1'b0;
    if (!failed && taken < limit) begin
      failed = 1'b1;
      $display("FAIL dump: %0d words left the requantizer, expected %0d", taken, PSUMS);
    end
  endtask
)";

enum class ProductBench { none, systolic, bit_serial };

ProductBench product_bench(const LayerDump& dump) {
    if (dump.analog) return ProductBench::none;
    return dump.chip_type == "bit_serial" ? ProductBench::bit_serial : ProductBench::systolic;
}

std::string parameters(const LayerDump& dump, ProductBench bench) {
    const DumpedProduct& product = *dump.product;
    const Format &a = format(product.activation_format), &w = format(product.weight_format);
    std::string text;
    const auto add = [&text](const char* name, std::int64_t value) {
        text += fmt::format("  localparam int {} = {};\n", name, value);
    };
    const auto channels = static_cast<std::int64_t>(dump.tensor("bias").values.size());
    add("PROBLEMS", product.problems);
    add("GROUPS", channels / product.n);
    add("M", product.m);
    add("N", product.n);
    add("K", product.k);
    add("PSUMS", product.problems * product.m * product.n);
    add("A_BITS", a.bits());
    add("W_BITS", w.bits());
    add("ACC_BITS", dump.accumulator_bits);
    if (bench == ProductBench::systolic) {
        const LineCoding activation{AntDecoder(a)}, weight{AntDecoder(w)};
        add("LINES", activation.lines);
        add("A_TYPE", activation.type);
        add("A_NARROW", activation.narrow);
        add("W_TYPE", weight.type);
        add("W_NARROW", weight.narrow);
    } else if (bench == ProductBench::bit_serial) {
        add("A_TYPE", static_cast<int>(bit_operand(a).encoding));
        add("W_TYPE", static_cast<int>(bit_operand(w).encoding));
    }
    text += fmt::format(
        "  localparam logic signed [15:0] CLAMP_LOW = 16'sh{:04x};\n"
        "  localparam logic signed [15:0] CLAMP_HIGH = 16'sh{:04x};\n",
        static_cast<std::uint16_t>(dump.clamp_low), static_cast<std::uint16_t>(dump.clamp_high));
    return text;
}

}  // namespace

std::string dump_bench(const LayerDump& dump) {
    if (!dump.product) return "";
    const ProductBench bench = product_bench(dump);
    if (bench == ProductBench::none && !dump.requantized) return "";
    std::vector<const DumpedTensor*> tensors;
    for (const char* name :
         {"operands", "weights", "psums", "bias", "mantissa", "shift", "words"}) {
        const bool words = name == std::string_view("words");
        const bool product =
            name == std::string_view("operands") || name == std::string_view("weights");
        if (words && !dump.requantized) continue;
        if (product && bench == ProductBench::none) continue;
        tensors.push_back(&dump.tensor(name));
    }
    std::string memories, loads, signals, tasks, idle;
    for (const DumpedTensor* tensor : tensors) {
        memories += memory(*tensor);
        loads += load(*tensor);
    }
    if (bench == ProductBench::systolic) {
        signals += systolic_signals;
        tasks += systolic_run;
        idle +=
            "    enable = 1'b0;\n    a_valid = '0;\n    w_valid = '0;\n    feed_first = 1'b0;\n"
            "    feed_last = 1'b0;\n    a_codes = '0;\n    w_codes = '0;\n";
    } else if (bench == ProductBench::bit_serial) {
        signals += bit_serial_signals;
        tasks += bit_serial_run;
        idle += "    valid = 1'b0;\n";
    }
    if (dump.requantized) {
        signals += requantizer_signals;
        tasks += requantizer_run;
        idle += "    q_valid = 1'b0;\n";
    }
    const std::string_view unit = bench == ProductBench::systolic ? "folds" : "psums";
    return fmt::format(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// One layer of a Bitloom run on the RTL: {what}.\n"
        "// Reads the .hex files from the working directory; prints PASS, or the first difference "
        "and\n"
        "// ends with $fatal. +parts=N: the first N {unit} only.\n"
        "module dump_tb #(\n"
        "  parameter int Rows = 8,    // PE lines of the array, even; psums do not depend on them\n"
        "  parameter int Columns = 8\n"
        ");\n"
        "{parameters}\n{memories}\n"
        "  logic        clk_i, rst_ni, failed;\n"
        "  logic [31:0] sum;\n"
        "  int          i, last, limit, parts, checked;\n"
        "{signals}\n"
        "  task automatic cycle;\n"
        "    #1;\n    clk_i = 1'b1;\n    #1;\n    clk_i = 1'b0;\n    #1;\n"
        "  endtask\n"
        "{tasks}\n"
        "  initial begin\n"
        "    failed = 1'b0;\n    clk_i = 1'b0;\n    parts = 0;\n    checked = 0;\n    limit = "
        "PSUMS;\n"
        "{loads}"
        "    if (!$value$plusargs(\"parts=%d\", last)) last = 32'h7fffffff;\n"
        "    if ((last >= 1) !== 1'b1) $fatal(1, \"+parts must be at least 1\");\n"
        "{idle}"
        "    rst_ni = 1'b1;\n    #1;\n    rst_ni = 1'b0;\n    #1;\n    rst_ni = 1'b1;\n"
        "    cycle;\n"
        "{calls}"
        "    if (failed) $fatal(1, \"dump failed\");\n"
        "    $display(\"PASS dump: %0d psums, %0d words\", checked, {words});\n"
        "    $finish(0);\n"
        "  end\n"
        "endmodule\n",
        fmt::arg("what", bench == ProductBench::none ? "the requantizer behind an analog core"
                         : dump.requantized          ? "the products, and their requantization"
                                                     : "the products"),
        fmt::arg("unit", unit), fmt::arg("parameters", parameters(dump, bench)),
        fmt::arg("memories", memories), fmt::arg("signals", signals), fmt::arg("tasks", tasks),
        fmt::arg("loads", loads), fmt::arg("idle", idle),
        fmt::arg("calls",
                 fmt::format("{}{}", bench == ProductBench::none ? "" : "    check_products;\n",
                             dump.requantized ? "    if (!failed) check_words;\n" : "")),
        fmt::arg("words", dump.requantized ? "taken" : "0"));
}

}  // namespace bitloom
