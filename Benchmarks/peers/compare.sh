#!/usr/bin/env bash
# DeepFM with cross entropy beside torchfm 0.7, in turns, on the same batches and two threads.
# Run by hand: needs a Python with torch and torchfm 0.7.0 from PyPI.
#
#   PYTHON=venv/bin/python Benchmarks/peers/compare.sh
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "$0")/../common.sh"
python=${PYTHON:-python3}
model=${MODEL:-deepfm}
build_tool
build_benchmark
make_planted_data 5 2 planted
"$benchmark" --data "$work/planted" --dump "$work/batches.safetensors" --steps 12
for round in 1 2 3 4 5; do
  echo "round $round"
  OMP_NUM_THREADS=2 "$python" "$(dirname "$0")/torchfm_step.py" "$work/batches.safetensors" \
    --model "$model" --threads 2 --steps 15
  "$benchmark" --data "$work/planted" --models "$model" --losses fixed:ce --threads 2 \
    --rounds 1 --steps 63 --warmup 200 | tail -n 1
done
