// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/program_build.h"

#include <fmt/format.h>

#include "models/base/output_file.h"
#include "sim/cli/version.h"
#include "sim/sweep/content_hash.h"

namespace bitloom {

const std::string& program_build() {
    static const std::string build =
        fmt::format("{}-{}", program_version, sha256(read_file("/proc/self/exe")).substr(0, 12));
    return build;
}

}  // namespace bitloom
