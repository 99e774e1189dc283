#!/usr/bin/env bash
# From a fresh clone to a trained, evaluated model: installs what is missing, builds, makes a
# Criteo-shaped data set, trains DeepFM with cross entropy and with a searched loss, and prints
# the table of results. Everything it makes lies in runs/quickstart.
#
#   deploy/quickstart.sh             100,000 rows, two threads
#   ROWS=20000 THREADS=1 deploy/quickstart.sh
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/common.sh"
cd "$root"

rows=${ROWS:-100000}
threads=${THREADS:-2}
here=runs/quickstart

install_missing
say "building the release binary"
swift build -c release --product autoloss >&2
autoloss=$(swift build -c release --show-bin-path)/autoloss

rm -rf "$here"
mkdir -p "$here"
say "making $rows rows from a planted model"
"$autoloss" synth --rows "$rows" --out "$here/raw.tsv" --seed 1
say "counting values and encoding the rows"
"$autoloss" prepare criteo --input "$here/raw.tsv" --out "$here/data" --min-count 10 --seed 1

table=()
for loss in fixed:ce autoloss; do
  run=$here/${loss/:/-}
  say "training DeepFM with $loss"
  "$autoloss" train --data "$here/data" --out "$run" --model deepfm --loss "$loss" \
    --epochs 1 --threads "$threads" --seed 1
  result=$("$autoloss" evaluate --run "$run" --data "$here/data" --split test --json)
  checksum=$("$autoloss" inspect checkpoint "$run" --json | json_value checksum)
  table+=("$(printf '%-8s  %-9s  %.5f  %.5f  %8s  %.12s' deepfm "$loss" \
    "$(json_value auc <<< "$result")" "$(json_value logloss <<< "$result")" \
    "$(json_value rows <<< "$result")" "$checksum")")
done

say "scoring raw rows"
"$autoloss" predict --run "$here/autoloss" --input "$here/raw.tsv" --output "$here/scores.csv"
head -n 4 "$here/scores.csv" >&2

say "quality on the test split"
printf '%-8s  %-9s  %-7s  %-7s  %8s  %s\n' model loss AUC logloss rows checksum
printf '%s\n' "${table[@]}"
say "done after $SECONDS s; everything is in $here"
