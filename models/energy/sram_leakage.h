// SPDX-License-Identifier: Apache-2.0
// Leakage of on-chip memories by transistors and temperature.
#pragma once

#include <array>
#include <string_view>

namespace bitloom {

// Transistors of a memory as the ITRS and CACTI name them: high performance, low operating power,
// low standby power, and cells of low standby power with a periphery of high performance.
enum class MemoryDevice { hp, lop, lstp, lstp_hp };
inline constexpr std::array kMemoryDevices = {MemoryDevice::hp, MemoryDevice::lop,
                                              MemoryDevice::lstp, MemoryDevice::lstp_hp};
std::string_view to_string(MemoryDevice device);
// Error "PLACE: device = ..." for another name.
MemoryDevice memory_device(std::string_view name, std::string_view place);

// mW per KB at 28 nm: CACTI 7 of 4 KB x 512 bit. hp and lop at 300..360 K: the two computed ends,
// between them exponential in 1/T (Arrhenius); lstp and lstp_hp at 300 K only. Other temperatures:
// Error "technology.temperature = ...".
double sram_leakage_mw_per_kb(MemoryDevice device, double temperature_k);

// Of logic, relative to 300 K: transistors of high performance, as synthesis libraries have.
double logic_leakage_factor(double temperature_k);

}  // namespace bitloom
