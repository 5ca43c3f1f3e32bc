// SPDX-License-Identifier: Apache-2.0
// main() of tests that elaborate SystemC modules. ctest runs every TEST in a process of its own.
#include <gtest/gtest.h>

#include <systemc>

int sc_main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
