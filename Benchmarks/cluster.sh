#!/usr/bin/env bash
# What a cluster makes of two threads, beside one process with two threads on the same work: two
# processes of one compute thread each, the coordinator and a worker; or two workers beside it.
#
#   Benchmarks/cluster.sh                      builds the release binary first
#   AUTOLOSS=path/to/autoloss ROUNDS=5 MODEL=ipnn BATCH=8192 STEPS=120 SLICES=4 Benchmarks/cluster.sh
#
# All kinds of runs take turns; each figure is the median over the rounds of the median rate that the
# run told.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
require_binary
autoloss=$AUTOLOSS
make_planted_data 5 2 planted >&2
rounds=${ROUNDS:-3} batch=${BATCH:-2000} steps=${STEPS:-200} slices=${SLICES:-16}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
"$AUTOLOSS" keys generate --out "$here/keys" > /dev/null

run=(--data "$work/planted" --model "${MODEL:-deepfm}" --loss fixed:ce --max-steps "$steps"
  --batch-size "$batch" --seed 1
  --set "train.slices=$slices" --set train.evaluateEvery=1000000000
  --set checkpoint.everyMinutes=0 --json)

# The median rate of a run's metrics, without its beginning.
rate() {
  grep '"event":"progress"' "$here/run/metrics.jsonl" | tail -n +2 \
    | grep -o '"examplesPerSecond":[0-9.]*' | cut -d: -f2 | sort -n \
    | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

# A run in one process with two threads.
alone() {
  rm -rf "$here/run"
  "$AUTOLOSS" train --out "$here/run" --threads 2 "${run[@]}" > "$here/out" 2> "$here/err"
}

# A run by a coordinator: cluster WORKERS SERVERS [FLAG…]
cluster() {
  local workers=$1 servers=$2 compute=0 address process
  shift 2
  [ "$workers" -gt 1 ] || compute=1
  rm -rf "$here/run"
  address=tcp://127.0.0.1:$((20000 + RANDOM % 10000))
  "$AUTOLOSS" coordinator --out "$here/run" --threads 2 --listen "$address" --servers "$servers" \
    --compute-threads "$compute" --set cluster.expectWorkers="$workers" "${run[@]}" "$@" \
    > "$here/out" 2> "$here/err" &
  for ((process = 0; process < servers; process++)); do
    "$AUTOLOSS" server --coordinator "$address" --threads 1 "$@" > "$here/s$process" 2>&1 &
  done
  for ((process = 0; process < workers; process++)); do
    "$AUTOLOSS" worker --coordinator "$address" --data "$work/planted" --threads 1 "$@" \
      > "$here/w$process" 2>&1 &
  done
  wait
}

for ((round = 0; round < rounds; round++)); do
  for kind in alone pair pairkeys plain keys servers; do
    case $kind in
      alone) alone ;;
      pair) cluster 1 0 ;;
      pairkeys) cluster 1 0 --keys "$here/keys" ;;
      plain) cluster 2 0 ;;
      keys) cluster 2 0 --keys "$here/keys" ;;
      servers) cluster 2 2 ;;
    esac
    rate >> "$here/$kind.rates"
    grep -o '"checksum":"[0-9a-f]*"' "$here/out" >> "$here/checksums"
  done
done
[ "$(sort -u "$here/checksums" | wc -l)" = 1 ] \
  || stop 70 "the runs have different checksums" "this is a fault of autoloss; please report it"

median() { sort -n "$here/$1.rates" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
for line in "alone:one process, two threads" "pair:coordinator that computes, one worker" \
  "pairkeys:the same, with keys" "plain:two workers" "keys:two workers, keys" \
  "servers:two workers, two servers"; do
  awk -v alone="$(median alone)" -v rate="$(median "${line%%:*}")" -v text="${line#*:}" \
    'BEGIN { printf "%-40s %7.0f examples/s  %3.0f %%\n", text, rate, 100 * rate / alone }'
done
