#!/usr/bin/env bash
# Microseconds a step of every model, beside DeepFM's: one thread, cross entropy, default options but
# an embedding width of 4 for the field-aware models.
#
#   Benchmarks/models.sh                    builds the release binary first
#   AUTOLOSS=path/to/autoloss ROUNDS=3 STEPS=60 BATCH=2000 Benchmarks/models.sh
#
# DeepFM takes its turn before each model, and a ratio is the median over the rounds of pairs. The
# data are the 25,640 more frequent values of five million rows: tables of a million values are the
# same for all models, and field-aware ones would take gigabytes.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
require_binary
autoloss=$AUTOLOSS
make_planted_data 5 300 planted-frequent >&2
rounds=${ROUNDS:-3} steps=${STEPS:-60} batch=${BATCH:-2000}
make_here

# Seconds a step of a run: seconds_of MODEL
seconds_of() {
  local options=()
  case $1 in
    ffm | fnfm) options=(--set model.embeddingWidth=4) ;;
    ncf) options=(--set model.userField=14 --set model.itemField=15) ;;
  esac
  rm -rf "$here/run"
  "$AUTOLOSS" train --data "$work/planted-frequent" --out "$here/run" --model "$1" \
    --loss fixed:ce --max-steps "$steps" --batch-size "$batch" --threads 1 --seed 1 \
    --set train.evaluateEvery=1000000000 --set checkpoint.everyMinutes=0 \
    ${options[@]+"${options[@]}"} --json > "$here/out" 2> "$here/err" \
    || { tail -n 5 "$here/err" >&2; exit 70; }
  json_value seconds < "$here/out" | awk -v steps="$steps" '{ print $1 / steps }'
}

median() { sort -g "$1" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

models=$("$AUTOLOSS" models --json | grep -o '"name":"[a-z0-9]*"' | cut -d'"' -f4)
for model in $models; do
  [ "$model" != deepfm ] || continue
  for ((round = 0; round < rounds; round++)); do
    base=$(seconds_of deepfm)
    own=$(seconds_of "$model")
    echo "$base" >> "$here/deepfm.seconds"
    echo "$own" >> "$here/$model.seconds"
    awk -v own="$own" -v base="$base" 'BEGIN { print own / base }' >> "$here/$model.ratios"
  done
  awk -v name="$model" -v own="$(median "$here/$model.seconds")" \
    -v ratio="$(median "$here/$model.ratios")" \
    'BEGIN { printf "%-9s %9.0f us a step %7.2f of deepfm\n", name, 1e6 * own, ratio }'
done
awk -v own="$(median "$here/deepfm.seconds")" \
  'BEGIN { printf "%-9s %9.0f us a step\n", "deepfm", 1e6 * own }'
