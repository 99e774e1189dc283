#!/usr/bin/env bash
# Learning on five million planted rows: memory over the run, and quality beside the best possible.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "$0")/common.sh"
build_tool
make_planted_data
run=$work/planted-run
rm -rf "$run"
"$autoloss" train --data "$work/planted" --out "$run" --model deepfm --loss fixed:ce --threads 2 \
  --seed 1 --epochs 2 --set train.evaluateEvery=1000 --set train.weightDecay=0.0001 "$@" &
process=$!
echo "resident memory in MB, every 5 s:"
while kill -0 "$process" 2> /dev/null; do
  awk '/VmRSS/ { printf "%d ", $2 / 1024 }' "/proc/$process/status" 2> /dev/null || true
  sleep 5
done
wait "$process"
echo
echo "best possible: $(cat "$work/planted.json")"
"$autoloss" evaluate --run "$run" --data "$work/planted" --split test --json
