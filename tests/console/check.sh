#!/bin/sh
# Checks the page without a browser: types against the API's document, form, words, vendored files.
set -u
cd "$(dirname "$0")" || exit 1
failed=0
step() {
  name=$1
  shift
  "$@" || { echo "check: $name failed" >&2; failed=1; }
}
[ -d node_modules ] || npm ci --no-audit --no-fund || exit 1
mkdir -p node_modules/.types
step words-of-lists node types.mjs ../../docs/openapi.json node_modules/.types/openapi.json
step types npx openapi-typescript node_modules/.types/openapi.json --output node_modules/.types/openapi.d.ts --silent
step tsc npx tsc --noEmit --project tsconfig.json
step biome npx biome check --config-path=. --error-on-warnings ../../src/console .
step vendor node vendor.mjs --check
step lean node lean.mjs
step words node words.mjs
exit $failed
