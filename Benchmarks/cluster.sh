#!/usr/bin/env bash
# What a cluster makes of two threads: a coordinator and two workers of one thread each, beside one
# process with two threads, on the same work; and what a slow worker costs.
#
#   Benchmarks/cluster.sh                      builds the release binary first
#   AUTOLOSS=path/to/autoloss ROUNDS=5 BATCH=8192 STEPS=120 Benchmarks/cluster.sh
#
# All kinds of runs take turns; each figure is the median over the rounds of the median rate that the
# run told. A worker is made slow by stopping it for 30 ms out of 40.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
require_binary
autoloss=$AUTOLOSS
make_planted_data 5 2 planted >&2
rounds=${ROUNDS:-3} batch=${BATCH:-2000} steps=${STEPS:-200} slices=${SLICES:-4}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
"$AUTOLOSS" keys generate --out "$here/keys" > /dev/null

run=(--data "$work/planted" --loss fixed:ce --max-steps "$steps" --batch-size "$batch" --seed 1
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

# Stops and continues a process by turns, as long as it is there: a quarter of the speed.
slow_down() {
  while kill -STOP "$1" 2> /dev/null; do
    sleep 0.03
    kill -CONT "$1" 2> /dev/null || return 0
    sleep 0.01
  done
}

# A run by a coordinator: cluster WORKERS SERVERS [slow] [FLAG…]
cluster() {
  local workers=$1 servers=$2 slow=false address process
  shift 2
  if [ "${1:-}" = slow ]; then
    slow=true
    shift
  fi
  rm -rf "$here/run"
  address=tcp://127.0.0.1:$((20000 + RANDOM % 10000))
  "$AUTOLOSS" coordinator --out "$here/run" --threads 2 --listen "$address" --servers "$servers" \
    --set cluster.expectWorkers="$workers" "${run[@]}" "$@" > "$here/out" 2> "$here/err" &
  for ((process = 0; process < servers; process++)); do
    "$AUTOLOSS" server --coordinator "$address" --threads 1 "$@" > "$here/s$process" 2>&1 &
  done
  for ((process = 0; process < workers; process++)); do
    "$AUTOLOSS" worker --coordinator "$address" --data "$work/planted" --threads 1 "$@" \
      > "$here/w$process" 2>&1 &
  done
  if [ "$slow" = true ]; then slow_down $! 2> /dev/null & fi
  wait
}

for ((round = 0; round < rounds; round++)); do
  for kind in alone plain keys servers single slow; do
    case $kind in
      alone) alone ;;
      plain) cluster 2 0 ;;
      keys) cluster 2 0 --keys "$here/keys" ;;
      servers) cluster 2 2 ;;
      single) cluster 1 0 ;;
      slow) cluster 2 0 slow ;;
    esac
    rate >> "$here/$kind.rates"
    grep -o '"checksum":"[0-9a-f]*"' "$here/out" >> "$here/checksums"
  done
done
[ "$(sort -u "$here/checksums" | wc -l)" = 1 ] \
  || stop 70 "the runs have different checksums" "this is a fault of autoloss; please report it"

median() { sort -n "$here/$1.rates" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
awk -v alone="$(median alone)" -v plain="$(median plain)" -v keys="$(median keys)" \
  -v servers="$(median servers)" -v single="$(median single)" -v slow="$(median slow)" \
  -v batch="$batch" 'BEGIN {
  printf "one process, two threads          %7.0f examples/s\n", alone
  printf "two workers                       %7.0f  %3.0f %%\n", plain, 100 * plain / alone
  printf "two workers, keys                 %7.0f  %3.0f %%\n", keys, 100 * keys / alone
  printf "two workers, two servers          %7.0f  %3.0f %%\n", servers, 100 * servers / alone
  # A step is what the coordinator does alone, and what the workers share.
  one = 1000 * batch / single; two = 1000 * batch / plain
  shared = 2 * (one - two); fixed = one - shared
  printf "one worker                        %7.1f ms a step, of which %.1f are shared\n", one, shared
  printf "two workers                       %7.1f ms a step\n", two
  printf "two workers, one at a quarter     %7.1f ms a step; ideal %.1f, without it %.1f\n", \
    1000 * batch / slow, fixed + shared / 1.25, one
}'
