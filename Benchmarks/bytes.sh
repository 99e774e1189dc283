#!/usr/bin/env bash
# Bytes on the wire for each example, all headers included: a coordinator and two workers, one slice
# a push, in each form that parameters and gradients may be sent in.
#
#   Benchmarks/bytes.sh                      builds the release binary first
#   AUTOLOSS=path/to/autoloss SLICE=4096 STEPS=60 Benchmarks/bytes.sh
#
# Counted is what passes the loopback device: run it where nothing else does, such as in a network
# of its own (unshare -rn sh -c 'ip link set lo up; Benchmarks/bytes.sh'). A figure is the
# difference between a long and a short run, so that joining and leaving do not count.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
require_binary
autoloss=$AUTOLOSS
make_planted_data 5 2 planted >&2
slice=${SLICE:-4096} steps=${STEPS:-60} loss=${LOSS:-autoloss}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

counted() { awk '$1 == "lo:" { print $2 }' /proc/net/dev; }

# A run of so many steps; tells the bytes that it sent: bytes STEPS PULL PUSH
bytes() {
  local address worker before
  address=tcp://127.0.0.1:$((20000 + RANDOM % 10000))
  rm -rf "$here/run"
  before=$(counted)
  "$AUTOLOSS" coordinator --data "$work/planted" --out "$here/run" --listen "$address" \
    --loss "$loss" --batch-size "$((2 * slice))" --max-steps "$1" --seed 1 \
    --set train.slices=2 --set cluster.expectWorkers=2 --set train.evaluateEvery=1000000000 \
    --set checkpoint.everyMinutes=0 --set "cluster.pullValues=$2" \
    --set "cluster.pushValues=$3" > "$here/out" 2> "$here/err" &
  for worker in 1 2; do
    "$AUTOLOSS" worker --coordinator "$address" --data "$work/planted" --threads 1 \
      > "$here/w$worker" 2>&1 &
  done
  wait
  [ -s "$here/out" ] || stop 70 "the run has no result: $(tail -n 3 "$here/err")" "look at its log"
  echo "$(($(counted) - before))"
}

printf 'pulled  pushed  bytes/example\n'
for form in "fp32 fp32" "fp16 fp32" "fp16 fp16" "bf16 bf16" "fp16 int8"; do
  read -r pulled pushed <<< "$form"
  short=$(bytes 10 "$pulled" "$pushed")
  long=$(bytes "$((10 + steps))" "$pulled" "$pushed")
  printf '%-6s  %-6s  %13d\n' "$pulled" "$pushed" "$(((long - short) / (2 * steps * slice)))"
done
