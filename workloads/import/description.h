// SPDX-License-Identifier: Apache-2.0
// A network as a few lines of text, without weights: how published networks are kept here
// (workloads/papers).
#pragma once

#include <filesystem>
#include <string_view>

#include "workloads/import/network.h"

namespace bitloom {

// One statement a line, '#' starts a comment:
//
//   network NAME                      first
//   input NAME SHAPE                  224x224x3 (image) or 128x768 (tokens x features) or 768
//   conv NAME oc=N k=HxW [s=N] [p=N|HxW] [g=N] [relu]
//   gemm NAME n=N [relu]              an image is flattened first
//   matmul NAME in=A,B [transpose_b] [scale=X]
//   add NAME in=A,B [relu]            concat NAME in=A,B,...  along the last axis
//   maxpool|avgpool NAME k=HxW [s=N] [p=N|HxW]    k=all: the whole image; s is 1 where not given
//   softmax|norm|gelu|relu NAME       norm: layer normalization over the last axis
//   position NAME                     adds a constant of the result's shape
//   reshape NAME shape=SHAPE          transpose NAME perm=1,0,2
//   heads NAME count=N                [T,F] -> [N,T,F/N];  unheads NAME: back
//   first NAME                        [T,F] -> [F]: the first token, as a max pooling of stride T
//   save NAME                         another name for the latest result; may be given again
//   repeat VAR FIRST LAST ... end     the lines between, with {VAR} replaced; not nested
//
// in= is the latest result where it is not given, and "." means it inside a list. conv and gemm
// have a bias. Throws Error "FILE:LINE: ...".
Network load_description(const std::filesystem::path& path);
Network parse_description(std::string_view text, const std::string& file);

}  // namespace bitloom
