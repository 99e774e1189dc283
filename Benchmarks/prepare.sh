#!/usr/bin/env bash
# Rows per second of `prepare`, end to end, on two million raw rows; peak memory with GNU time.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "$0")/common.sh"
build_tool
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
"$autoloss" synth --rows 2000000 --out "$here/raw.tsv" --seed 1 > /dev/null
measure=()
[ ! -x /usr/bin/time ] || measure=(/usr/bin/time -f '%M kB at most')
for round in 1 2 3; do
  rm -rf "$here/data"
  begun=$(date +%s%N)
  "${measure[@]}" "$autoloss" prepare criteo --input "$here/raw.tsv" --out "$here/data" \
    --min-count 10 --seed 1 --threads 2 2> "$here/log" > /dev/null
  taken=$((($(date +%s%N) - begun) / 1000000))
  echo "round $round: $((2000000 * 1000 / taken)) rows/s, $(tail -n 1 "$here/log")"
done
