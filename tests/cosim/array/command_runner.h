// SPDX-License-Identifier: Apache-2.0
// Runs commands on one array body in a thread of its own, with a pause after each.
#pragma once

#include <vector>

#include "models/array/array_body.h"

namespace bitloom::test {

class CommandRunner : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(CommandRunner);
    CommandRunner(sc_core::sc_module_name name, ArrayBody& body, std::vector<ArrayCommand> commands,
                  std::vector<sc_core::sc_time> pauses)
        : sc_module(name), body_(body), commands_(std::move(commands)), pauses_(std::move(pauses)) {
        SC_THREAD(run);
    }
    bool finished = false;

private:
    void run() {
        for (std::size_t i = 0; i < commands_.size(); ++i) {
            body_.execute(commands_[i]);
            wait(pauses_[i]);
        }
        finished = true;
    }
    ArrayBody& body_;
    std::vector<ArrayCommand> commands_;
    std::vector<sc_core::sc_time> pauses_;
};

}  // namespace bitloom::test
