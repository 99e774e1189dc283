#!/usr/bin/env bash
# How fast a cluster gets over the death of a part, and what the protocol costs a step.
#
#   Benchmarks/failures.sh                        builds the release binary first
#   AUTOLOSS=path/to/autoloss TRIES=9 Benchmarks/failures.sh
#
# A coordinator and workers on loopback, a small model. Lines of the coordinator's log are stamped
# when they are read. Each figure is given as least, median, most over the tries.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
require_binary
tries=${TRIES:-7}
here=$(mktemp -d)
declare -A living=()
end_all() {
  local process
  for process in "${!living[@]}"; do
    kill -CONT "$process" 2> /dev/null || true
    kill -KILL "$process" 2> /dev/null || true
  done
  # Nobody needs to read that they were killed.
  { wait || true; } 2> /dev/null
  living=()
}
trap 'end_all; rm -rf "$here"' EXIT

"$AUTOLOSS" synth --rows 6000 --values 4000 --out "$here/raw.tsv" --seed 1 > "$here/log" 2>&1
"$AUTOLOSS" prepare criteo --input "$here/raw.tsv" --out "$here/data" --min-count 2 --seed 1 \
  > "$here/log" 2>&1

# Writes each line behind the time at which it was read.
stamp() {
  local line
  while IFS= read -r line; do printf '%s %s\n' "$EPOCHREALTIME" "$line"; done
}
# Starts a process: launch NAME ROLE ARGUMENT…; sets `launched`.
launch() {
  local name=$1
  shift
  : > "$here/$name.log"
  "$AUTOLOSS" "$@" > "$here/$name.out" 2> >(stamp >> "$here/$name.log") &
  launched=$!
  living[$launched]=$name
}
# The time of the first line of a log that has the words and is later: time_of NAME WORDS AFTER
time_of() {
  local deadline=$((SECONDS + 60)) found
  while [ "$SECONDS" -lt "$deadline" ]; do
    found=$(awk -v words="$2" -v after="$3" '$1 > after && $0 ~ words { print $1; exit }' \
      "$here/$1.log")
    [ -z "$found" ] || { echo "$found"; return; }
    sleep 0.01
  done
  tail -n 20 "$here"/*.log >&2
  stop 70 "waited 60 s in vain for \"$2\"" "look at the logs above"
}
# Adds the difference of two times in milliseconds to a list: note LIST FROM TO
note() { awk "BEGIN { printf \"%.0f\n\", 1000 * ($3 - $2) }" >> "$here/$1.list"; }
# Least, median and most of a list.
summary() {
  sort -n "$here/$1.list" \
    | awk '{ all[NR] = $1 } END { print all[1], all[int((NR + 1) / 2)], all[NR] }'
}
lead() {
  launch coordinator coordinator --data "$here/data" --out "$here/run" --listen "$address" \
    --epochs 100000 --batch-size 800 --loss autoloss --seed 1 --threads 1 \
    --set "model.hidden=[16,8]" --set train.patience=0 --set train.evaluateEvery=1000000000 "$@"
  coordinator=$launched
}
add_worker() {
  launch "worker-$1" worker --coordinator "$address" --data "$here/data" --threads 1
}
fresh_address() { address=tcp://127.0.0.1:$((12000 + RANDOM % 19000)); }

# Prints one figure: row TEXT LIST
row() {
  local least median most
  read -r least median most <<< "$(summary "$2")"
  printf '%-60s %7s %7s %7s\n' "$1" "$least" "$median" "$most"
}
printf '%-60s %7s %7s %7s\n' figure least median most

say "the death of a worker ($tries tries each)"
for signal in KILL STOP; do
  for ((try = 0; try < tries; try++)); do
    rm -rf "$here/run"
    fresh_address
    lead --set cluster.expectWorkers=2
    add_worker 1
    victim=$launched
    add_worker 2
    time_of coordinator "progress" 0 > "$here/log"
    sleep "1.$((RANDOM % 900 + 100))"
    dead=$EPOCHREALTIME
    kill "-$signal" "$victim"
    found=$(time_of coordinator "was lost|said nothing" "$dead")
    note "$signal-detected" "$dead" "$found"
    # It may have held nothing when it died.
    if ! grep -qE "(was lost|said nothing).* 0 units" "$here/coordinator.log"; then
      again=$(time_of coordinator "leased again" "$dead")
      note "$signal-reassigned" "$found" "$again"
    fi
    end_all
  done
done

row "worker kill -9 to detection, ms (aim 3000)" KILL-detected
row "  from there to the lease of its slices, ms (aim 1000)" KILL-reassigned
row "worker SIGSTOP to detection, ms (aim 3000)" STOP-detected
row "  from there to the lease of its slices, ms (aim 1000)" STOP-reassigned

say "a killed coordinator ($tries tries)"
for ((try = 0; try < tries; try++)); do
  rm -rf "$here/run"
  fresh_address
  lead --set checkpoint.everySteps=50
  add_worker 1
  time_of coordinator "checkpoint saved" 0 > "$here/log"
  kill -KILL "$coordinator"
  wait "$coordinator" 2> /dev/null || true
  unset "living[$coordinator]"
  # A checkpoint after each step shows when the first one is done.
  restarted=$EPOCHREALTIME
  lead --resume auto --set checkpoint.everySteps=1
  first=$(time_of coordinator "checkpoint saved" "$restarted")
  note restart "$restarted" "$first"
  end_all
done

row "coordinator started again to its first step on disk, ms" restart

# Seconds that a run of STEPS steps of 8 slices with two rows each took: empty_run STEPS ROLE…
empty_options=(--data "$here/data" --batch-size 16 --set train.slices=8 --loss fixed:ce --seed 1
  --threads 1 --set "model.hidden=[8]" --set model.embeddingWidth=4 --set train.patience=0
  --set train.evaluateEvery=1000000000 --epochs 1000 --set checkpoint.everyMinutes=0 --json)
alone_run() {
  rm -rf "$here/run"
  "$AUTOLOSS" train --out "$here/run" "${empty_options[@]}" --set "train.maxSteps=$1" \
    2> "$here/log" | json_value seconds
}
cluster_run() {
  rm -rf "$here/run"
  fresh_address
  launch coordinator coordinator --out "$here/run" --listen "$address" "${empty_options[@]}" \
    --set "train.maxSteps=$1"
  coordinator=$launched
  add_worker 1
  wait "$coordinator"
  json_value seconds < "$here/coordinator.out"
  wait
  living=()
}
say "a step of 8 slices with two rows each ($tries tries of 2000 steps)"
for ((try = 0; try < tries; try++)); do
  # The difference of two lengths leaves out how a run begins and ends.
  for kind in alone cluster; do
    short=$("${kind}_run" 1000)
    long=$("${kind}_run" 3000)
    awk "BEGIN { print int(1000000 * ($long - $short) / 2000) }" >> "$here/step-$kind.list"
  done
done
row "step of 8 slices with 2 rows, one process, µs" step-alone
row "the same with one worker on loopback, µs (aim 1000 more)" step-cluster
