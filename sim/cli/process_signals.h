// SPDX-License-Identifier: Apache-2.0
// What signals do to the program.
#pragma once

namespace bitloom {

// SIGINT, SIGTERM, SIGHUP and the SIGBUS of a mapped file that became shorter end the program with
// one line, exit code 2 and no temporary file left; those that are ignored stay so. SIGPIPE and
// SIGXFSZ become errors of the write. Called once, at the start; a task that wants to end in its
// own way asks Interrupts meanwhile.
void end_cleanly_on_signals();

}  // namespace bitloom
