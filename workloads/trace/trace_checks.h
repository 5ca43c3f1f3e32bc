// SPDX-License-Identifier: Apache-2.0
// The checks of a trace's tensors against its manifest.
#pragma once

#include <map>
#include <string>

#include "workloads/trace/trace.h"

namespace bitloom {

using TensorViews = std::map<std::string, TensorView, std::less<>>;

// Some weights of the manifest name no tensor.
bool is_shape_only(const Manifest& manifest);

// Throws Error "FILE: tensor 'x': what is wrong: found: allowed" for the first violation of the
// list at class Trace. Requires a valid manifest, and views that are aligned and as large as their
// shapes say.
void check_tensors(const Manifest& manifest, const TensorViews& tensors, const std::string& file);

}  // namespace bitloom
