#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tests under the address and undefined-behaviour sanitizers, and the trace reader fuzzed for a
# bounded time (seconds: first argument, 30 by default).
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="${1:-30}"
scripts/setup.sh --tests
cmake --preset asan
cmake --build --preset asan
# SystemC keeps its kernel until the process ends; what it holds is no leak.
ASAN_OPTIONS=detect_leaks=0 ctest --preset asan -j "$(nproc)"

cmake --preset fuzz
cmake --build --preset fuzz --target fuzz_trace
build/fuzz/tests/fuzz/fuzz_trace -max_total_time="$seconds" -dict=tests/fuzz/fuzz_trace.dict \
  -rss_limit_mb=4096 build/fuzz/tests/fuzz/trace_corpus
