#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 to the report of a trained network on the ANT accelerator.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
cmake --preset release -DBITLOOM_BUILD_TESTS=OFF
cmake --build --preset release
build/release/bitloom run ant zoo/keywords --scheme ant4 "$@"
