#!/usr/bin/env bash
# Learning on planted rows: memory over the run, and quality beside the best possible.
#
#   Benchmarks/planted.sh           5 million rows with 1.09 million values, one epoch
#   Benchmarks/planted.sh frequent  5 million rows, values seen at least 300 times, four epochs
#   Benchmarks/planted.sh many      20 million rows of the same planted model, two epochs
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "$0")/common.sh"
case ${1:-} in
  "") data=planted minimum=2 millions=5 epochs=1 rate=0.001 decay=0.0001 drops=1400:0.3,1800:0.1 ;;
  frequent)
    data=planted-frequent minimum=300 millions=5 epochs=4 rate=0.0003 decay=0.0001
    drops=1ep:0.3,2ep:0.1
    ;;
  many)
    data=planted-many minimum=1200 millions=20 epochs=2 rate=0.0003 decay=0.00003
    drops=1ep:0.3,14000:0.1
    ;;
  *)
    echo "usage: Benchmarks/planted.sh [frequent|many]" >&2
    exit 64
    ;;
esac
build_tool
make_planted_data "$millions" "$minimum" "$data"
run=$work/$data-run
rm -rf "$run"
"$autoloss" train --data "$work/$data" --out "$run" --model deepfm --loss fixed:ce --threads 2 \
  --seed 1 --epochs "$epochs" --set train.evaluateEvery=1000 --set "train.learningRate=$rate" \
  --set "train.weightDecay=$decay" --set "train.learningRateDrops=$drops" &
process=$!
echo "resident memory in MB, every 5 s:"
while kill -0 "$process" 2> /dev/null; do
  awk '/VmRSS/ { printf "%d ", $2 / 1024 }' "/proc/$process/status" 2> /dev/null || true
  sleep 5
done
wait "$process"
echo
echo "best possible: $(cat "$work/$data.json")"
"$autoloss" evaluate --run "$run" --data "$work/$data" --split test --json
