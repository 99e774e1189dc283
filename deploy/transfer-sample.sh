#!/usr/bin/env bash
# A controller that was trained with DeepFM on Criteo's rows, frozen, trains NFM and AutoInt on the
# same rows and DeepFM on Avazu's: in one process and by a coordinator with two workers, which must
# give the same model. One table, beside cross entropy and a controller of their own.
#
#   deploy/transfer-sample.sh                 samples in ../shared/data
#   deploy/transfer-sample.sh folder          with criteo_10k.tsv and avazu_10k.csv
#
# The samples are small: the figures say that everything works, not which loss is better.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/common.sh"
find_samples "${1:-$root/../shared/data}" criteo_10k.tsv avazu_10k.csv
cd "$root"
require_binary
make_here

# Runs a command; shows what it said when it fails.
quietly() { "$@" > "$here/log" 2>&1 || { cat "$here/log" >&2; exit 1; }; }

options=(--batch-size 256 --epochs 5 --seed 1)

train() { # RUN DATA MODEL LOSS OPTION…
  quietly "$AUTOLOSS" train --out "$here/$1" --data "$here/$2" --model "$3" --loss "$4" \
    "${options[@]}" "${@:5}"
}

# The same by a coordinator and two workers.
by_cluster() { # RUN DATA MODEL LOSS OPTION…
  local port=$((20000 + RANDOM % 10000)) process
  timeout 300 "$AUTOLOSS" coordinator --out "$here/$1" --data "$here/$2" --model "$3" --loss "$4" \
    --listen "tcp://127.0.0.1:$port" "${options[@]}" "${@:5}" > "$here/log" 2>&1 &
  started=("$!")
  for _ in 1 2; do
    timeout 300 "$AUTOLOSS" worker --coordinator "tcp://127.0.0.1:$port" --data "$here/$2" \
      --threads 1 > "$here/worker.log" 2>&1 &
    started+=("$!")
  done
  for process in "${started[@]}"; do
    wait "$process" || { cat "$here/log" "$here/worker.log" >&2; exit 1; }
  done
  started=()
}

checksum() { "$AUTOLOSS" inspect checkpoint "$here/$1" --json | json_value checksum; }

row() { # TITLE RUN DATA
  local result
  result=$("$AUTOLOSS" evaluate --run "$here/$2" --data "$here/$3" --split test --json)
  printf '%-46s  %.4f  %.4f   %.12s\n' "$1" "$(json_value auc <<< "$result")" \
    "$(json_value logloss <<< "$result")" "$(checksum "$2")"
}

quietly "$AUTOLOSS" prepare criteo --input "$samples/criteo_10k.tsv" --out "$here/criteo" --seed 1
quietly "$AUTOLOSS" prepare avazu --input "$samples/avazu_10k.csv" --out "$here/avazu" --seed 1

printf '%-46s  %s\n' run 'AUC     logloss  checksum'
train lender criteo deepfm autoloss
row "criteo  deepfm  lends its controller" lender criteo
lent=$here/lender/controller.safetensors

for cell in "criteo nfm" "criteo afi" "avazu deepfm"; do
  read -r data model <<< "$cell"
  name=$(printf '%-7s %-7s' "$data" "$model")
  train run "$data" "$model" fixed:ce
  row "$name cross entropy" run "$data"
  rm -rf "$here/run"
  train run "$data" "$model" autoloss
  row "$name its own controller" run "$data"
  rm -rf "$here/run"
  train run "$data" "$model" autoloss --set "search.controller.file=$lent"
  row "$name DeepFM's of Criteo" run "$data"
  by_cluster cluster "$data" "$model" autoloss --set "search.controller.file=$lent"
  row "$name DeepFM's of Criteo, cluster" cluster "$data"
  [ "$(checksum run)" = "$(checksum cluster)" ] \
    || stop 1 "the cluster made another model of $cell" "report it with this table"
  # The run keeps what it was given; of what it hands on, the last bytes are the output's weights.
  if ! cmp -s "$lent" "$here/run/controller.given.safetensors" \
    || ! cmp -s <(tail -c 128 "$lent") <(tail -c 128 "$here/run/controller.safetensors"); then
    stop 1 "the controller of $cell is not as it was lent" "report it with this table"
  fi
  rm -rf "$here/run" "$here/cluster"
done

# What the controller does not fit is refused before anything is trained.
if "$AUTOLOSS" train --out "$here/run" --data "$here/criteo" --loss autoloss --dry-run \
  --set "search.controller.file=$lent" --set 'search.candidates=[ce, mae]' > "$here/log" 2>&1; then
  stop 1 "a controller of three candidates was taken for two" "report it"
fi
cat "$here/log"
