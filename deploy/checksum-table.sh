#!/usr/bin/env bash
# One table: the final checksum of one small job for every size of cluster, with keys and without,
# under every fault; with each the coverage of its epochs and its seconds. All checksums must be
# the same as that of `train` alone, else the exit code is 1.
#
#   deploy/checksum-table.sh                        builds the release binary first
#   AUTOLOSS=path/to/autoloss deploy/checksum-table.sh
#   deploy/checksum-table.sh --workers "2 4" --servers "0 2" --keys plain --faults "kills restart"
#   deploy/checksum-table.sh --seed 7               other times of the faults
#
# Faults: none; kills (5 workers, one after the other, each replaced); restart (the coordinator
# is killed and started again); server (a server is killed and a new one started); resume (stopped
# by SIGTERM, then on with another number of workers and servers).
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/common.sh"
cd "$root"

workers_list="1 2 4 7"
servers_list="0 1 2 3"
keys_list="plain curve"
faults_list="none kills restart server resume"
seed=1
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || stop 64 "$1 has no value" "see the head of this script"
  case "$1" in
    --workers) workers_list=$2 ;;
    --servers) servers_list=$2 ;;
    --keys) keys_list=$2 ;;
    --faults) faults_list=$2 ;;
    --seed) seed=$2 ;;
    *) stop 64 "$1 is unknown" "see the head of this script" ;;
  esac
  shift 2
done

require_binary
# Where nothing better is known, BASH's generator decides when a fault happens.
RANDOM=$seed
here=$(mktemp -d)
declare -A living=()
end_all() {
  local process
  # `timeout` passes the signal on.
  for process in "${!living[@]}"; do pkill -TERM -P "$process" 2> /dev/null || true; done
  wait 2> /dev/null || true
  living=()
}
trap 'end_all; rm -rf "$here"' EXIT

# A hundred and eighty steps of four slices, with a checkpoint every ten; one evaluation, at the end.
epochs=${EPOCHS:-30}
rows=6000
options=(--model deepfm --loss autoloss --epochs "$epochs" --batch-size 800 --seed 1
  --set train.patience=0 --set train.evaluateEvery=1000000 --set checkpoint.everySteps=10
  --set "model.hidden=[16,8]" --set search.controller.hidden=[16])
"$AUTOLOSS" synth --rows "$rows" --values 4000 --out "$here/raw.tsv" --seed 1 > "$here/log" 2>&1
"$AUTOLOSS" prepare criteo --input "$here/raw.tsv" --out "$here/data" --min-count 2 --seed 1 \
  > "$here/log" 2>&1
"$AUTOLOSS" keys generate --out "$here/keys" > "$here/log" 2>&1
"$AUTOLOSS" train --data "$here/data" --out "$here/alone" "${options[@]}" > "$here/log" 2>&1
expected=$("$AUTOLOSS" inspect checkpoint "$here/alone" --json | json_value checksum)
[ -n "$expected" ] || stop 70 "train alone left no checksum" "look at $here/log"

# A port that is free a moment ago, and the next one, outside the range that the system gives out.
free_port() {
  local port
  while true; do
    port=$((12000 + 2 * (RANDOM % 9000)))
    if ! (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null \
      && ! (: < "/dev/tcp/127.0.0.1/$((port + 1))") 2> /dev/null; then
      echo "$port"
      return
    fi
  done
}

# Starts a process of the cell: launch ROLE ARGUMENT…; sets `launched`, a shell that ends with it,
# and `child`, the process itself, which faults are for.
number=0
launch() {
  local role=$1
  shift
  number=$((number + 1))
  local name=$here/$role-$number
  # The shell around it says nothing when it is killed.
  (
    OPENBLAS_NUM_THREADS=1 timeout --kill-after=1 120 "$AUTOLOSS" "$role" "$@" "${keyed[@]}" \
      > "$name.out" 2> "$name.log"
    exit $?
  ) 2> /dev/null &
  launched=$!
  living[$launched]=$role
  until child=$(pgrep -P "$(pgrep -P "$launched")" 2> /dev/null) \
    || ! kill -0 "$launched" 2> /dev/null; do sleep 0.002; done
}
lead() {
  launch coordinator --data "$here/data" --out "$here/run" --threads 1 \
    --listen "tcp://127.0.0.1:$port" --data-port "$((port + 1))" --servers "$1" "${options[@]}" \
    --resume auto
  coordinator=$launched
  coordinator_child=$child
  coordinator_log=$here/coordinator-$number.log
}
add_worker() {
  launch worker --coordinator "tcp://127.0.0.1:$port" --data "$here/data" --threads 1
  workers+=("$child")
}
add_server() {
  launch server --coordinator "tcp://127.0.0.1:$port" --threads 1
  servers+=("$child")
}

# The number of steps that the newest checkpoint has, 0 without one.
saved_step() {
  local steps=("$here"/run/checkpoints/step-*[0-9])
  [ -e "${steps[0]}" ] || { echo 0; return; }
  local last=${steps[-1]##*step-}
  echo $((10#$last))
}

# Waits until the run has saved a later step than $1, or is over.
wait_for_step() {
  local deadline=$((SECONDS + 60))
  while [ "$(saved_step)" -le "$1" ] && kill -0 "$coordinator" 2> /dev/null; do
    [ "$SECONDS" -lt "$deadline" ] \
      || stop 70 "no step after $1 was saved within 60 s" "look at the coordinator's log"
    sleep 0.01
  done
}

# A pause of up to 100 ms.
short_while() { sleep "0.0$(printf '%02d' $((RANDOM % 100)))"; }

# Kills one process and takes note that its end is no failure.
kill_now() {
  kill -KILL "$1" 2> /dev/null && hits=$((hits + 1))
  return 0
}

# Does to the running cell what FAULT says; counts in `hits`.
spoil() {
  local fault=$1 count step=0
  case "$fault" in
    none) return ;;
    kills)
      for count in 1 2 3 4 5; do
        wait_for_step "$step"
        step=$(saved_step)
        short_while
        kill -0 "$coordinator" 2> /dev/null || return 0
        local victim=$((RANDOM % ${#workers[@]}))
        kill_now "${workers[$victim]}"
        unset "workers[$victim]"
        workers=("${workers[@]}")
        add_worker
      done
      ;;
    restart)
      wait_for_step 0
      short_while
      kill_now "$coordinator_child"
      wait "$coordinator" 2> /dev/null || true
      unset "living[$coordinator]"
      lead "$2"
      ;;
    server)
      wait_for_step 0
      short_while
      kill_now "${servers[0]}"
      add_server
      ;;
    resume)
      wait_for_step 0
      short_while
      kill -TERM "$coordinator_child" 2> /dev/null || true
      local process stopped=0
      wait "$coordinator" || stopped=$?
      unset "living[$coordinator]"
      [ "$stopped" -eq 75 ] && hits=1
      for process in "${!living[@]}"; do
        wait "$process" || true
        unset "living[$process]"
      done
      workers=()
      servers=()
      local other_servers=$((($2 + 1) % 4)) other_workers=$(($3 % 3 + 1))
      lead "$other_servers"
      for ((count = 0; count < other_servers; count++)); do add_server; done
      for ((count = 0; count < other_workers; count++)); do add_worker; done
      ;;
  esac
}

# Whether every epoch counted each row once: yes, or what is wrong.
coverage() {
  awk -v epochs="$epochs" '
    function value(key) {
      match($0, "\"" key "\":[0-9]+")
      return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
    }
    /"event":"epochFinished"/ {
      epoch = value("epoch")
      good[epoch] = value("rows") == value("seen") && value("rows") > 0 \
        && value("repeatedSlices") == 0 && value("missingSlices") == 0
    }
    END {
      for (epoch = 0; epoch < epochs; epoch++) if (!good[epoch]) wrong = wrong " " epoch
      print wrong == "" ? "exact" : "epochs" wrong
    }' "$here/run/metrics.jsonl" 2> /dev/null || echo none
}

failures=0
cells=0
untouched=0
# One cell of the table: cell WORKERS SERVERS KEYS FAULT
cell() {
  local begun=$EPOCHREALTIME code=0 count process checksum covered
  rm -rf "$here/run" "$here"/*-[0-9]*.{log,out}
  port=$(free_port)
  workers=()
  servers=()
  hits=0
  keyed=()
  [ "$3" = plain ] || keyed=(--keys "$here/keys")
  lead "$2"
  for ((count = 0; count < $2; count++)); do add_server; done
  for ((count = 0; count < $1; count++)); do add_worker; done
  spoil "$4" "$2" "$1"
  wait "$coordinator" || code=$?
  unset "living[$coordinator]"
  for process in "${!living[@]}"; do wait "$process" 2> /dev/null || true; done
  living=()
  checksum=$("$AUTOLOSS" inspect checkpoint "$here/run" --json 2> /dev/null \
    | json_value checksum) || true
  covered=$(coverage)
  cells=$((cells + 1))
  [ "$4" = none ] || [ "$hits" -gt 0 ] || untouched=$((untouched + 1))
  printf '%7s %7s  %-5s  %-7s %4s  %-16.16s  %-8s %6.1f' "$1" "$2" "$3" "$4" "$hits" \
    "${checksum:-none}" "$covered" "$(awk "BEGIN { print $EPOCHREALTIME - $begun }")"
  if [ "$code" -eq 0 ] && [ "$checksum" = "$expected" ] && [ "$covered" = exact ]; then
    echo
  else
    echo "  WRONG, exit code $code"
    failures=$((failures + 1))
    tail -n 15 "$coordinator_log" >&2
  fi
}

begun=$SECONDS
printf 'alone: %s\n' "$expected"
printf 'workers servers  keys   fault   hits  checksum          coverage seconds\n'
for fault in $faults_list; do
  for keys in $keys_list; do
    for servers_wanted in $servers_list; do
      [ "$fault" != server ] || [ "$servers_wanted" -gt 0 ] || continue
      for workers_wanted in $workers_list; do
        cell "$workers_wanted" "$servers_wanted" "$keys" "$fault"
      done
    done
  done
done
echo "$cells cells in $((SECONDS - begun)) s; $failures differ or failed; in $untouched the run was over before its fault"
[ "$failures" -eq 0 ] || exit 1
echo "all checksums are the same"
