// SPDX-License-Identifier: Apache-2.0
#include "models/cim/crossbar/ir_drop.h"

#include "models/base/error.h"

namespace bitloom {

void ir_drop_factors(std::span<const double> conductances, double wire, double output,
                     std::span<double> factors) {
    BITLOOM_CHECK(factors.size() == conductances.size(), "{} factors of {} cells", factors.size(),
                  conductances.size());
    // First what each wire lets through, nearest cell's last; then their products from the output.
    double total = 0.0;
    for (std::size_t k = 0; k < conductances.size(); ++k) {
        const double through = 1.0 / (1.0 + total * wire);
        if (k > 0) factors[k - 1] = through;
        total = total * through + conductances[k];
    }
    double product = 1.0 / (1.0 + total * output);
    for (std::size_t k = conductances.size(); k-- > 0;) {
        if (k + 1 < conductances.size()) product *= factors[k];
        factors[k] = product;
    }
}

}  // namespace bitloom
