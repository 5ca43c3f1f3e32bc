#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what Bitloom is built with on Debian 12, as root or through sudo. Says what it installs;
# installs nothing that is there already.
#
#   scripts/setup.sh          to build and run
#   scripts/setup.sh --tests  also to test: browser, sanitizers, fuzzer, benchmarks, Slurm
set -euo pipefail

build_packages=(
  build-essential cmake ninja-build ccache pkg-config python3
  libsystemc-dev libboost-program-options-dev libfmt-dev nlohmann-json3-dev
  libeigen3-dev libtbb-dev librandom123-dev
  libsqlite3-dev libssl-dev libpagmo-dev libboost-serialization-dev
  libprotobuf-dev protobuf-compiler libonnx-dev
  libzip-dev libpng-dev
  verilator
)
test_packages=(
  libgtest-dev libgmock-dev chromium
  yosys iverilog
  clang libclang-rt-14-dev
  libbenchmark-dev libdnnl-dev
  slurmctld slurmd slurm-client munge
)

packages=("${build_packages[@]}")
case "${1:-}" in
  "") ;;
  --tests) packages+=("${test_packages[@]}") ;;
  *) echo "setup.sh: unknown argument '$1'; allowed: --tests" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
    missing+=("$package")
  fi
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "setup: all ${#packages[@]} packages are installed"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: not root and no sudo; install as root: ${missing[*]}" >&2
    exit 2
  fi
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
echo "setup: done"
