// SPDX-License-Identifier: Apache-2.0
// The checks of the list (verify_list.cpp). One a file, so that a change compiles one.
#pragma once

#include "sim/verify/verify_run.h"

namespace bitloom {

void check_ant_decoder(VerifyRun& run);
void check_ant_pe(VerifyRun& run);
void check_ant_int8_pe(VerifyRun& run);
void check_int8_mac(VerifyRun& run);
void check_requantizer(VerifyRun& run);
void check_double_buffer(VerifyRun& run);
void check_systolic_array(VerifyRun& run);
void check_popcount_unit(VerifyRun& run);
void check_bit_serial_pe(VerifyRun& run);
void check_plane_packer(VerifyRun& run);
void check_bit_serial_array(VerifyRun& run);
void check_minifloat_mac_exact(VerifyRun& run);
void check_minifloat_mac_fp32(VerifyRun& run);
void check_binary32_add(VerifyRun& run);
void check_pwm_driver(VerifyRun& run);
void check_cim_phase_sequencer(VerifyRun& run);
void check_adc_mux(VerifyRun& run);
void check_sar_logic(VerifyRun& run);
void check_ramp_counter(VerifyRun& run);
void check_shift_add(VerifyRun& run);
void check_cim_drain(VerifyRun& run);
void check_cim_digital(VerifyRun& run);

}  // namespace bitloom
