// SPDX-License-Identifier: Apache-2.0
// The checks of a trace's tensors against its manifest.
#pragma once

#include <map>
#include <string>

#include "workloads/trace/trace.h"

namespace bitloom {

using TensorViews = std::map<std::string, TensorView, std::less<>>;

// Throws Error "FILE: manifest: ..." with the problems of the manifest, all in one line that one
// can read.
void require_valid(const Manifest& manifest, const std::string& file);

// Some weights of the manifest name no tensor.
bool is_shape_only(const Manifest& manifest);

// Throws Error "FILE: tensor 'x': what is wrong: found: allowed" for the first violation of the
// list at class Trace. Requires a valid manifest, and views that are aligned and as large as their
// shapes say.
void check_tensors(const Manifest& manifest, const TensorViews& tensors, const std::string& file);

}  // namespace bitloom
