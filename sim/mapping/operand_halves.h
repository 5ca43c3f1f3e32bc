// SPDX-License-Identifier: Apache-2.0
// Which content lies in which half of an operand's buffer, while a program is written.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace bitloom {

// A half holds the pieces of one tile, each loaded when it is first needed.
class OperandHalves {
public:
    using Key = std::array<std::int64_t, 4>;

    // The half that holds the tile `key`, or else the one used longer ago, which is then its.
    int claim(const Key& key) {
        for (int half = 0; half < 2; ++half)
            if (halves_[half].held && halves_[half].key == key) return half;
        const int half = halves_[0].last_use <= halves_[1].last_use ? 0 : 1;
        halves_[half].held = true;
        halves_[half].key = key;
        halves_[half].loads.clear();
        halves_[half].free_after = halves_[half].last_use;
        return half;
    }
    // Loads that must be done before the piece is there; 0: it is not loaded.
    std::int64_t loads(int half, std::size_t piece) const {
        return piece < halves_[half].loads.size() ? halves_[half].loads[piece] : 0;
    }
    void loaded(int half, std::size_t piece, std::int64_t loads) {
        auto& all = halves_[half].loads;
        all.resize(std::max(all.size(), piece + 1), 0);
        all[piece] = loads;
    }
    // Array tasks that must be done before the tile's pieces may be loaded: those of the tile that
    // was in the half before.
    std::int64_t free_after(int half) const { return halves_[half].free_after; }
    void use(int half, std::int64_t tasks) { halves_[half].last_use = tasks; }

private:
    struct Half {
        bool held = false;
        Key key = {};
        std::vector<std::int64_t> loads;  // of each piece
        std::int64_t last_use = 0;
        std::int64_t free_after = 0;
    };
    Half halves_[2];
};

}  // namespace bitloom
