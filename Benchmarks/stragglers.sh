#!/usr/bin/env bash
# What one slow worker costs a synchronous run, beside the least that arithmetic allows.
#
#   Benchmarks/stragglers.sh                  builds the release binary first; needs root for the link
#   AUTOLOSS=path/to/autoloss ROUNDS=3 Benchmarks/stragglers.sh
#
# Workers of one thread each: one alone, two alike, one beside another that runs a quarter of the time
# (stopped for 30 ms out of 40), and one beside another behind a link of 300 ms a round trip, in a
# network namespace of its own. Once with short steps, to which the far worker can add nothing, and
# once with long ones.
#
# One worker alone takes f + M c for a step of M slices, two alike f + M c / 2; that gives f, what the
# workers cannot share, and c. With k slices at the slow one a step takes at least
#   a quarter of the speed   f + max((M - k) c, 4 k c)
#   300 ms away              f + max((M - k) c, k c + 300 ms if k > 0)
# and the ideal is the least of these over k.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
[ "$(id -u)" -eq 0 ] || stop 77 "a network namespace needs root" "run it as root"
for tool in ip python3; do
  command -v "$tool" > /dev/null || stop 69 "$tool is not on the PATH" "install iproute2 and python3"
done
require_binary
autoloss=$AUTOLOSS
make_planted_data 5 2 planted >&2
rounds=${ROUNDS:-3}
make_here
name=autoloss-$$
link=v$$
end() {
  ip link del "$link" 2> /dev/null || true
  ip netns del "$name" 2> /dev/null || true
  end_here
}
trap end EXIT

# A namespace whose only way out is a link to this one; addresses for documentation.
ip netns add "$name"
ip link add "$link" type veth peer name inside netns "$name"
ip address add 198.51.100.1/24 dev "$link"
ip link set "$link" up
ip netns exec "$name" ip address add 198.51.100.2/24 dev inside
ip netns exec "$name" ip link set inside up
ip netns exec "$name" ip link set lo up

# Stops and continues a process by turns, as long as it is there: a quarter of the speed.
slow_down() {
  while kill -STOP "$1" 2> /dev/null; do
    sleep 0.03
    kill -CONT "$1" 2> /dev/null || return 0
    sleep 0.01
  done
}

# Seconds a step, the median of a run's progress events: step_of KIND BATCH SLICES STEPS
step_of() {
  local kind=$1 batch=$2 port=$((20000 + 2 * (RANDOM % 5000))) count=2 processes=() process
  [ "$kind" != single ] || count=1
  rm -rf "$here/run"
  "$AUTOLOSS" coordinator --out "$here/run" --threads 2 --listen "tcp://*:$port" \
    --data-port "$((port + 1))" --insecure --set cluster.expectWorkers="$count" \
    --data "$work/planted" --loss fixed:ce --max-steps "$4" --batch-size "$batch" --seed 1 \
    --set "train.slices=$3" --set train.epochs=1000 --set train.evaluateEvery=1000000000 \
    --set checkpoint.everyMinutes=0 --json > "$here/out" 2> "$here/err" &
  processes+=($!)
  local worker=("$AUTOLOSS" worker --data "$work/planted" --threads 1 --insecure --coordinator)
  "${worker[@]}" "tcp://127.0.0.1:$port" > "$here/w1" 2>&1 &
  processes+=($!)
  if [ "$kind" = late ]; then
    ip netns exec "$name" python3 Benchmarks/late-link.py 150 198.51.100.1 "$port" "$((port + 1))" &
    started+=($!)
    sleep 0.5
    ip netns exec "$name" "${worker[@]}" "tcp://127.0.0.1:$port" > "$here/w2" 2>&1 &
    processes+=($!)
  elif [ "$kind" != single ]; then
    "${worker[@]}" "tcp://127.0.0.1:$port" > "$here/w2" 2>&1 &
    processes+=($!)
    if [ "$kind" = quarter ]; then slow_down $! 2> /dev/null & fi
  fi
  for process in "${processes[@]}"; do
    wait "$process" || { tail -n 5 "$here/err" "$here"/w? >&2; exit 70; }
  done
  end_started
  grep -o '"checksum":"[0-9a-f]*"' "$here/out" >> "$here/checksums.$batch"
  grep '"event":"progress"' "$here/run/metrics.jsonl" | tail -n +2 \
    | grep -o '"examplesPerSecond":[0-9.]*' | cut -d: -f2 | sort -n \
    | awk -v batch="$batch" '{ all[NR] = $1 } END { print batch / all[int((NR + 1) / 2)] }'
}

median() { sort -n "$1" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

for shape in "8192 16 120" "131072 64 24"; do
  read -r batch slices steps <<< "$shape"
  for ((round = 0; round < rounds; round++)); do
    for kind in single alike quarter late; do
      step_of "$kind" "$batch" "$slices" "$steps" >> "$here/$kind.$batch"
    done
  done
  [ "$(sort -u "$here/checksums.$batch" | wc -l)" = 1 ] \
    || stop 70 "the runs have different checksums" "this is a fault of autoloss; please report it"
  awk -v single="$(median "$here/single.$batch")" -v alike="$(median "$here/alike.$batch")" \
    -v late="$(median "$here/late.$batch")" -v quarter="$(median "$here/quarter.$batch")" \
    -v batch="$batch" -v M="$slices" '
    function most(a, b) { return a > b ? a : b }
    BEGIN {
      c = 2 * (single - alike) / M
      f = single - M * c
      idealLate = idealQuarter = single
      for (k = 1; k <= M; k++) {
        t = f + most((M - k) * c, k * c + 0.3); if (t < idealLate) idealLate = t
        t = f + most((M - k) * c, 4 * k * c); if (t < idealQuarter) idealQuarter = t
      }
      printf "batch %d, %d slices; milliseconds a step\n", batch, M
      printf "  %-38s %8.1f\n", "one worker", 1000 * single
      printf "  %-38s %8.1f\n", "two alike", 1000 * alike
      printf "  %-38s %8.1f  ideal %.1f, %.2f of it\n", "one more at a quarter of the speed", \
        1000 * quarter, 1000 * idealQuarter, quarter / idealQuarter
      printf "  %-38s %8.1f  ideal %.1f, %.2f of it\n", "one more 300 ms away", \
        1000 * late, 1000 * idealLate, late / idealLate
    }'
done
