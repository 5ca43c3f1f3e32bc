// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <string>
#include <systemc>
#include <vector>

#include "sim/cli/cli.h"
#include "sim/cli/process_signals.h"

// SystemC calls this one.
int sc_main(int argc, char** argv) {
    bitloom::Console console(stdout, stderr);
    return bitloom::run_program(std::vector<std::string>(argv + (argc > 0), argv + argc), console);
}

int main(int argc, char** argv) {
    bitloom::prepare_standard_streams();
    bitloom::end_cleanly_on_signals();
    // SystemC's banner goes to standard output, which holds results.
    ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
