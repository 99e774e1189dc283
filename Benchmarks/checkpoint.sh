#!/usr/bin/env bash
# What saving costs at 1.09 million rows, 227 MB with optimizer state: how long training stands still,
# what a save takes from the steps beside it, the same where servers own the parameters, and a
# coordinator's way from its start to a new step.
#
#   Benchmarks/checkpoint.sh [ROUNDS]    runs without and with a save every 60 steps, in turns
#   AUTOLOSS=path/to/autoloss Benchmarks/checkpoint.sh
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "$0")/common.sh"
rounds=${1:-3}
if [ -n "${AUTOLOSS:-}" ]; then autoloss=$AUTOLOSS; else build_tool; fi
data=${DATA:-$work/planted}
[ -e "$data/manifest.json" ] || make_planted_data 5 2 planted
make_here

options=(
  --data "$data" --model deepfm --loss fixed:ce --seed 1 --epochs 9 --batch-size 2000
  --set train.evaluateEvery=1000000 --set checkpoint.everyMinutes=0
)

# Trains 300 steps with a save every so many; prints the seconds of the steps, without the last save
# and the evaluation, and the processor seconds of the whole process: steps NAME EVERY
steps() {
  rm -rf "$here/run"
  { TIMEFORMAT='%U %S' && time "$autoloss" train --out "$here/run" --threads 2 "${options[@]}" \
    --set train.maxSteps=300 --set "checkpoint.everySteps=$2" --json > "$here/result" \
    2> /dev/null; } 2> "$here/times"
  cp "$here/run/metrics.jsonl" "$here/$1.jsonl"
  json_value seconds < "$here/result"
  awk '{ print $1 + $2 }' "$here/times"
}

echo "300 steps without a save and with one every 60 steps: seconds, processor seconds; cost of one"
for _ in $(seq "$rounds"); do
  # The run without a save has one at its end, too; the other has four more.
  { steps without 1000000 && steps with 60; } | paste -sd ' ' | awk '{
    cost = ($3 - $1) / 4; processor = ($4 - $2) / 4
    printf "%.2f %.2f   %.2f %.2f   %.3f s (%.2f %% at one a minute), %.3f s (%.2f %% of two cores)\n",
      $1, $3, $2, $4, cost, cost / 0.6, processor, processor / 1.2
  }'
done
echo "of each save: stall (s), seconds until on the disk, bytes of copied rows"
grep checkpointed "$here/with.jsonl" | head -n 4 | while read -r line; do
  for key in stallSeconds seconds keptBytes; do json_value "$key" <<< "$line"; done | paste -sd ' '
done

# A run whose parameters two servers own; what they capture is fetched while steps go on.
echo "two servers, a save every 100 steps: stall (s), of that for values, seconds until on the disk"
address=tcp://127.0.0.1:$((20000 + RANDOM % 20000))
for _ in 1 2; do
  "$autoloss" server --coordinator "$address" --threads 1 > /dev/null 2>&1 &
  started+=("$!")
done
"$autoloss" worker --coordinator "$address" --data "$data" --threads 1 > /dev/null 2>&1 &
started+=("$!")
"$autoloss" coordinator --out "$here/served" --listen "$address" --servers 2 "${options[@]}" \
  --set train.maxSteps=600 --set checkpoint.everySteps=100 --set cluster.expectWorkers=1 \
  > "$here/served.log" 2>&1 || stop 70 "the run with servers failed" "see $(cat "$here/served.log")"
for process in "${started[@]}"; do wait "$process" || true; done
started=()
grep checkpointed "$here/served/metrics.jsonl" | head -n 5 | while read -r line; do
  for key in stallSeconds fetchSeconds seconds; do json_value "$key" <<< "$line"; done | paste -sd ' '
done

# The time at which a run has made its first step after a stop, as it appears in its metrics.
echo "coordinator: seconds from its start to its first new step"
for _ in $(seq "$rounds"); do
  cp -r "$here/run" "$here/led"
  rm "$here/led/metrics.jsonl"
  address=tcp://127.0.0.1:$((20000 + RANDOM % 20000))
  "$autoloss" worker --coordinator "$address" --data "$data" --threads 2 > /dev/null 2>&1 &
  started+=("$!")
  sleep 1
  begun=$(date +%s.%N)
  "$autoloss" coordinator --out "$here/led" --listen "$address" --resume auto "${options[@]}" \
    --set train.maxSteps=301 --set cluster.expectWorkers=1 > /dev/null 2>&1 &
  started+=("$!")
  for _ in $(seq 1200); do
    if grep -q '"event":"progress"' "$here/led/metrics.jsonl" 2> /dev/null; then break; fi
    sleep 0.05
  done
  awk -v a="$begun" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f\n", b - a }'
  for process in "${started[@]}"; do wait "$process" || true; done
  started=()
  rm -rf "$here/led"
done
