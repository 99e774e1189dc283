#!/usr/bin/env bash
# Bytes per second on loopback: frames of 256 KB, without keys and with, in turns.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
swift build -c release --package-path "$root/Benchmarks" --product wire-benchmark >&2
"$(swift build -c release --package-path "$root/Benchmarks" --show-bin-path)/wire-benchmark" "$@"
