// SPDX-License-Identifier: Apache-2.0
// Which column each ADC converts in a phase. ADC a serves the columns of its own residue modulo the
// number of ADCs, so that a block of n neighbouring columns takes ceil(n / Adcs) phases wherever it
// lies: in phase p the block's columns p*Adcs .. p*Adcs + Adcs-1, each by the ADC it is wired to.
// C++ twin: AdcMux (models/cim/digital/adc_mux.h).
`include "assertions.svh"

module adc_mux #(
  parameter  int Columns = 8,  // a multiple of Mux
  parameter  int Mux = 2,      // columns that share an ADC
  localparam int Adcs = Columns / Mux,
  localparam int ColumnBits = $clog2(Columns),
  localparam int SelectBits = (Mux > 1) ? $clog2(Mux) : 1
) (
  // block of columns, and its phase
  input  logic [ColumnBits-1:0]      first_i,
  input  logic [ColumnBits:0]        count_i,  // 1..Columns - first_i
  input  logic [SelectBits-1:0]      phase_i,

  // per ADC, number 0 in the low bits
  output logic [Adcs*SelectBits-1:0] select_o,  // column = select * Adcs + number of the ADC
  output logic [Adcs-1:0]            enable_o   // there is a column for it
);
  localparam int Width = ColumnBits + 1;  // a disabled ADC points up to Columns - 1 beyond the last

  for (genvar a = 0; a < Adcs; a = a + 1) begin : g_adc
    logic [Width-1:0] offset, rank, column;
    assign offset = (Width'(a) + Width'(Adcs) - Width'(first_i) % Width'(Adcs)) % Width'(Adcs);
    assign rank   = Width'(phase_i) * Width'(Adcs) + offset;
    assign column = Width'(first_i) + rank;

    assign enable_o[a] = rank < count_i;
    assign select_o[a*SelectBits +: SelectBits] = SelectBits'(column / Width'(Adcs));
  end

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT_COMB(BlockFits, Width'(first_i) + count_i <= Width'(Columns))
endmodule
