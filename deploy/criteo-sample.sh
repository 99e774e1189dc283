#!/usr/bin/env bash
# The main path on real rows: prepares a sample of the Criteo data set, trains DeepFM and IPNN with
# cross entropy and with a searched loss, evaluates, scores the raw rows, and prints one table.
#
#   deploy/criteo-sample.sh path/to/criteo_10k.tsv
#
# The sample is small (10,000 rows), so batches are small too and the figures say that everything
# works, not which loss is better.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/common.sh"
cd "$root"

input=${1:-../shared/data/criteo_10k.tsv}
if [ ! -e "$input" ]; then
  say "there is no $input: name a file in Criteo's format (its licence forbids shipping one)"
  exit 66
fi
if [ -z "${AUTOLOSS:-}" ]; then
  install_missing
  swift build -c release --product autoloss >&2
  AUTOLOSS=$(swift build -c release --show-bin-path)/autoloss
fi
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

"$AUTOLOSS" prepare criteo --input "$input" --out "$here/data" --min-count 10 --seed 1 >&2
printf '%-7s %-9s %-8s %-8s %6s %7s  %s\n' model loss AUC logloss rows scores checksum
for model in deepfm ipnn; do
  for loss in fixed:ce autoloss; do
    run=$here/$model-${loss/:/-}
    "$AUTOLOSS" train --data "$here/data" --out "$run" --model "$model" --loss "$loss" \
      --epochs 10 --batch-size 256 --threads 2 --seed 1 > "$here/log" 2>&1 \
      || { cat "$here/log" >&2; exit 1; }
    result=$("$AUTOLOSS" evaluate --run "$run" --data "$here/data" --split test --json)
    "$AUTOLOSS" predict --run "$run" --input "$input" --output "$here/scores.csv" > /dev/null 2>&1
    checksum=$("$AUTOLOSS" inspect checkpoint "$run" --json | json_value checksum)
    printf '%-7s %-9s %.5f  %.5f  %6s %7s  %.12s\n' "$model" "$loss" \
      "$(json_value auc <<< "$result")" "$(json_value logloss <<< "$result")" \
      "$(json_value rows <<< "$result")" "$(wc -l < "$here/scores.csv")" "$checksum"
  done
done
