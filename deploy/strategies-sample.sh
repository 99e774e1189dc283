#!/usr/bin/env bash
# Every strategy of `autoloss strategies` with DeepFM and IPNN on real rows of three data sets, one
# table: clicks of Criteo and Avazu, and MovieLens ratings as a task of five classes.
#
#   deploy/strategies-sample.sh                 samples in ../shared/data
#   deploy/strategies-sample.sh folder          with criteo_10k.tsv, avazu_10k.csv, ml1m_100k.dat
#
# The samples are small, so batches are small too: the figures say that everything works, not which
# strategy is better. Candidates are the paper's; `bohb` searches their weights by `autoloss tune`.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/common.sh"
find_samples "${1:-$root/../shared/data}" criteo_10k.tsv avazu_10k.csv ml1m_100k.dat
cd "$root"
require_binary
make_here

candidates='search.candidates=[focal, kl, hinge, ce]'
first=(--set search.virtualStep=0 --set search.upper=paper)
ahead=(--set search.virtualStep=0.001 --set search.upper=logloss)

prepare() { "$AUTOLOSS" prepare "$@" --seed 1 > "$here/log" 2>&1 || { cat "$here/log" >&2; exit 1; }; }
prepare criteo --input "$samples/criteo_10k.tsv" --out "$here/criteo"
prepare avazu --input "$samples/avazu_10k.csv" --out "$here/avazu"
prepare movielens --classes 5 --input "$samples/ml1m_100k.dat" --out "$here/movielens"

# One line of the table: row DATA MODEL TITLE LOSS OPTION…
row() {
  local data=$1 model=$2 title=$3 loss=$4 result
  shift 4
  "$AUTOLOSS" train --data "$here/$data" --out "$here/run" --model "$model" --loss "$loss" \
    --batch-size 256 --seed 1 --set "$candidates" "${epochs[@]}" "$@" > "$here/log" 2>&1 \
    || { cat "$here/log" >&2; exit 1; }
  result=$("$AUTOLOSS" evaluate --run "$here/run" --data "$here/$data" --split test --json)
  printf '%-9s  %-6s  %-28s  %.4f   %.4f   %.4f         %.4f\n' "$data" "$model" "$title" \
    "$(json_value auc <<< "$result")" "$(json_value logloss <<< "$result")" \
    "$(json_value scaledLogloss <<< "$result")" "$(json_value calibrationError <<< "$result")"
  rm -rf "$here/run"
}

# Weights that a short search finds, on standard output: weights_of DATA MODEL
weights_of() {
  echo 'loss: {simplex: [focal, kl, hinge, ce]}' > "$here/space.yaml"
  "$AUTOLOSS" tune --data "$here/$1" --model "$2" --space "$here/space.yaml" --batch-size 256 \
    --seed 1 "${epochs[@]}" --min-budget 10 --max-budget 90 --out "$here/tune" > "$here/log" 2>&1 \
    || { cat "$here/log" >&2; exit 1; }
  sed -n 's/^loss: *"\{0,1\}\(weights:[^"]*\)"\{0,1\}$/\1/p' "$here/tune/best.yaml"
  rm -rf "$here/tune"
}

printf '%-9s  %-6s  %-28s  %s\n' data model strategy 'AUC      logloss  scaled logloss  ECE'
for data in criteo avazu movielens; do
  epochs=(--epochs 5)
  [ "$data" != movielens ] || epochs=(--epochs 2)
  for model in deepfm ipnn; do
    for name in $("$AUTOLOSS" strategies --json | grep -o '"name":"[a-z0-9]*' | cut -d'"' -f4); do
      case $name in
        fixed) row "$data" "$model" 'cross entropy' fixed:ce ;;
        weights) row "$data" "$model" 'weights .4 .3 .2 .1' weights:0.4,0.3,0.2,0.1 ;;
        bohb)
          found=$(weights_of "$data" "$model")
          row "$data" "$model" 'bohb' "${found:?bohb found no weights}"
          ;;
        autoloss | darts | al2)
          row "$data" "$model" "$name, first order" "$name" "${first[@]}"
          row "$data" "$model" "$name, second order" "$name" "${ahead[@]}"
          ;;
        *) row "$data" "$model" "$name" "$name" ;;
      esac
    done
  done
done
