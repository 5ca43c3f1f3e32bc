/* SPDX-License-Identifier: Apache-2.0
   The library from C99: a product of matrices, a block with a state, and what a mistake gives. */
#include "bitloom_dpi.h"

#include <stdio.h>
#include <string.h>

static int failures = 0;

static void check(const char* what, long long got, long long expected) {
    if (got == expected) return;
    printf("FAIL %s: %lld, expected %lld\n", what, got, expected);
    ++failures;
}

int main(void) {
    const int int8 = bitloom_format("int8");
    const int gemm = bitloom_gemm(int8, int8, 2, 3, 4);
    const int a[2][4] = {{1, -2, 3, -4}, {127, -128, 5, 0}};
    const int w[3][4] = {{1, 1, 1, 1}, {-128, 127, 0, 2}, {9, -8, 7, -6}};
    int m, n, k;
    for (k = 0; k < 4; ++k) {
        for (m = 0; m < 2; ++m) bitloom_gemm_activation(gemm, m, k, a[m][k] & 255);
        for (n = 0; n < 3; ++n) bitloom_gemm_weight(gemm, n, k, w[n][k] & 255);
    }
    for (m = 0; m < 2; ++m)
        for (n = 0; n < 3; ++n) {
            int sum = 0;
            for (k = 0; k < 4; ++k) sum += a[m][k] * w[n][k];
            check("psum", bitloom_gemm_psum(gemm, m, n, 32), sum);
        }
    /* 4 x 4 lines hold 2 x 2 bytes: 1 x 2 folds of depth 4, 4 steps apart, 10 steps long. */
    check("cycles", bitloom_gemm_cycles(gemm, 4, 4, 0, 0), 14);
    bitloom_gemm_free(gemm);

    {
        /* Eight comparisons find 77. */
        const int sar = bitloom_block("sar_logic", "Bits=8");
        int cycles = 0;
        bitloom_block_set(sar, "start_i", 0, 1);
        bitloom_block_edge(sar);
        bitloom_block_set(sar, "start_i", 0, 0);
        while (!bitloom_block_get(sar, "done_o", 0) && cycles < 100) {
            bitloom_block_set(sar, "compare_i", 0, 77 >= bitloom_block_get(sar, "trial_o", 0));
            bitloom_block_edge(sar);
            ++cycles;
        }
        check("sar code", bitloom_block_get(sar, "code_o", 0), 77);
        check("sar cycles", cycles, 8);
        bitloom_block_free(sar);
        check("no mistake", (long long)strlen(bitloom_error()), 0);
        bitloom_block_edge(sar);
    }
    if (strcmp(bitloom_error(), "block handle = 1: there is no such block") != 0) {
        printf("FAIL error: %s\n", bitloom_error());
        ++failures;
    }
    if (failures == 0) printf("PASS dpi_client\n");
    return failures != 0;
}
