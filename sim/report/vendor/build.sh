#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh [--check]: makes echarts.min.js from the packages that package-lock.json names (npm tests
# their SHA-512), or, with --check, tells whether the file at hand is what comes out. Needs npm and
# the network; the program's build needs neither.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/echarts_entry.mjs" "$folder"
cd "$folder"
npm ci --ignore-scripts --no-audit --no-fund --silent >&2
npx --no-install esbuild echarts_entry.mjs --bundle --minify --format=iife --global-name=echarts \
    --target=es2020 --charset=ascii --legal-comments=none --log-level=warning \
    '--banner:js=/* Apache ECharts 6.1.0 (Apache-2.0), with zrender 6.1.0 (BSD-3-Clause) and tslib (0BSD): see LICENSES */' \
    --outfile=echarts.min.js >&2
if [ "${1:-}" = --check ]; then
    cmp echarts.min.js "$here/echarts.min.js"
    echo "echarts.min.js is what its packages give"
else
    cp echarts.min.js "$here/echarts.min.js"
fi
