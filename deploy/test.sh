#!/usr/bin/env bash
# All tests and style checks: installs what is missing, builds once, runs every part even when an
# earlier one fails, and ends with a line for each. The exit code is that of the first failure.
#
#   deploy/test.sh
# shellcheck disable=SC2317,SC2329 # the parts are called by name
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/common.sh"
cd "$root"

install_missing
scratch=.build-test
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
closing=()

# Runs one part and remembers how it ended: part NAME COMMAND…
part() {
  local name=$1 code=0 begun=$SECONDS
  shift
  say "$name"
  "$@" || code=$?
  if [ "$code" -eq 0 ]; then
    closing+=("passed  $name ($((SECONDS - begun)) s)")
  else
    closing+=("FAILED  $name (exit code $code)")
    [ "$status" -ne 0 ] || status=$code
  fi
  return "$code"
}

build() {
  swift build -c release --scratch-path "$scratch" -Xswiftc -enable-testing --build-tests
}

run_tests() {
  swift test -c release --scratch-path "$scratch" -Xswiftc -enable-testing --skip-build 2>&1 \
    | tee "$log"
}

# The bits of the trained model for different threads, workers and stops.
checksums() {
  AUTOLOSS="$(swift build -c release --scratch-path "$scratch" --show-bin-path)/autoloss" \
    deploy/checksums.sh
}

format() { swift format lint --strict --recursive Package.swift Sources Tests; }

scripts() {
  local scripts=(deploy/*.sh deploy/*/*.sh deploy/slurm/*.sbatch .ci/run)
  if command -v shellcheck > /dev/null; then
    shellcheck -x "${scripts[@]}"
  else
    for script in "${scripts[@]}"; do bash -n "$script" || return 1; done
    echo "shellcheck is not installed: only the syntax was checked"
  fi
}

if part "build" build; then
  part "tests" run_tests || true
  part "checksums" checksums || true
fi
part "format" format || true
part "scripts" scripts || true

say "summary"
printf '%s\n' "${closing[@]}"
grep -E '^✘ Test .* (recorded an issue|failed after)' "$log" | grep -v 'Test run with' || true
grep -E 'Test run with' "$log" | tail -n 1 || echo "the test runner did not finish"
exit "$status"
