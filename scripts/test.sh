#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 to passing tests, warnings as errors.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --tests
cmake --preset dev
cmake --build --preset dev
ctest --preset dev -j "$(nproc)" "$@"
