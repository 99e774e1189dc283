#!/usr/bin/env bash
# Shows that a run is a function: the final checksum must be the same for any number of threads,
# for a coordinator with any number of workers and servers, and after a stop and a resume.
#
#   deploy/checksums.sh                    builds the release binary first
#   AUTOLOSS=path/to/autoloss ROWS=50000 deploy/checksums.sh
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/common.sh"
cd "$root"

rows=${ROWS:-20000}
if [ -z "${AUTOLOSS:-}" ]; then
  install_missing
  swift build -c release --product autoloss >&2
  AUTOLOSS=$(swift build -c release --show-bin-path)/autoloss
fi
make_here

failures=0
expected=
options=()

# Compares the checksum of a finished run with the first one: compare NAME RUN
compare() {
  local checksum
  checksum=$("$AUTOLOSS" inspect checkpoint "$2" --json | json_value checksum)
  : "${expected:=$checksum}"
  if [ -n "$checksum" ] && [ "$checksum" = "$expected" ]; then
    printf 'same       %s  %s\n' "$checksum" "$1"
  else
    printf 'DIFFERENT  %s  %s\n' "${checksum:-none}" "$1"
    failures=$((failures + 1))
  fi
  rm -rf "$2"
}

# Runs a command quietly; shows its log when it fails: quiet NAME COMMAND…
quiet() {
  local name=$1 code=0
  shift
  "$@" > "$here/log" 2>&1 || code=$?
  if [ "$code" -ne 0 ] && [ "$code" -ne 75 ]; then
    printf 'FAILED     %s: exit code %s\n' "$name" "$code"
    tail -n 20 "$here/log" >&2
    failures=$((failures + 1))
  fi
  return "$code"
}

train() { "$AUTOLOSS" train --data "$here/$data" --out "$here/run" "${options[@]}" "$@"; }

by_threads() {
  local threads
  for threads in "${threads_of[@]}"; do
    quiet "$1" train --threads "$threads" && compare "$1, $threads threads" "$here/run"
  done
}

# A coordinator with each of `clusters`: so many servers (0: it owns the parameters itself),
# workers, and threads that compute beside them.
by_cluster() {
  local cluster servers workers threads name worker server port code process
  for cluster in "${clusters[@]}"; do
    read -r servers workers threads <<< "$cluster"
    name="$1, coordinator, $servers servers and $workers workers"
    [ "$threads" = 0 ] || name="$name, $threads threads beside them"
    port=$((20000 + RANDOM % 10000))
    timeout 300 "$AUTOLOSS" coordinator --data "$here/$data" --out "$here/run" \
      --listen "tcp://127.0.0.1:$port" --servers "$servers" --compute-threads "$threads" \
      "${options[@]}" > "$here/coordinator.log" 2>&1 &
    started=("$!")
    for server in $(seq "$servers"); do
      timeout 300 "$AUTOLOSS" server --coordinator "tcp://127.0.0.1:$port" --threads 1 \
        > "$here/worker-server-$server.log" 2>&1 &
      started+=("$!")
    done
    for worker in $(seq "$workers"); do
      timeout 300 "$AUTOLOSS" worker --coordinator "tcp://127.0.0.1:$port" \
        --data "$here/$data" --threads 1 > "$here/worker-$worker.log" 2>&1 &
      started+=("$!")
    done
    code=0
    for process in "${started[@]}"; do wait "$process" || code=$?; done
    started=()
    if [ "$code" -eq 0 ]; then
      compare "$name" "$here/run"
    else
      printf 'FAILED     %s: exit code %s\n' "$name" "$code"
      tail -n 20 "$here/coordinator.log" "$here"/worker-*.log >&2
      failures=$((failures + 1))
    fi
    rm -rf "$here/run" "$here"/worker-*.log
  done
}

# How often the run in the folder has begun.
starts() {
  local count
  count=$(grep -c '"event":"started"' "$here/run/metrics.jsonl" 2> /dev/null) || true
  echo "${count:-0}"
}

# Asks a process to stop, some milliseconds after its run has begun: stop_soon PROCESS STARTS MS
stop_soon() {
  while kill -0 "$1" 2> /dev/null && [ "$(starts)" -lt "$2" ]; do sleep 0.01; done
  sleep "$(printf '0.%03d' "$3")"
  kill -TERM "$1" 2> /dev/null || true
}

# Stops a run twice at random times, as a scheduler would, and goes on until it is done. A machine
# that is done too soon tries again with shorter times.
by_resume() {
  local stops=0 tries=0 begun=0 code process delay=$((RANDOM % 400 + 100))
  while true; do
    # Not through the function: the signal must reach the binary, not a shell around it.
    "$AUTOLOSS" train --data "$here/$data" --out "$here/run" "${options[@]}" --threads 2 \
      --resume auto > "$here/log" 2>&1 &
    process=$!
    started=("$process")
    begun=$((begun + 1))
    [ "$stops" -ge 2 ] || stop_soon "$process" "$begun" "$delay"
    code=0
    wait "$process" || code=$?
    started=()
    if [ "$code" -eq 75 ]; then
      stops=$((stops + 1))
    elif [ "$code" -eq 0 ] && [ "$stops" -eq 0 ] && [ "$tries" -lt 6 ]; then
      tries=$((tries + 1))
      delay=$((delay / 3 + 1))
      begun=0
      rm -rf "$here/run"
    else
      break
    fi
  done
  if [ "$code" -eq 0 ] && [ "$stops" -gt 0 ]; then
    compare "$1, stopped $stops times and resumed" "$here/run"
  else
    printf 'FAILED     %s, stop and resume: exit code %s after %s stops\n' "$1" "$code" "$stops"
    tail -n 20 "$here/log" >&2
    failures=$((failures + 1))
  fi
  rm -rf "$here/run"
}

"$AUTOLOSS" synth --rows "$rows" --out "$here/raw.tsv" --seed 1 > "$here/log" 2>&1
"$AUTOLOSS" prepare criteo --input "$here/raw.tsv" --out "$here/binary" --min-count 10 --seed 1 \
  > "$here/log" 2>&1
# The same rows with labels of five classes: a click leans to the upper ones.
awk -F '\t' -v OFS='\t' '{ $1 = 2 * $1 + NR % 3; print }' "$here/raw.tsv" > "$here/classes.tsv"
"$AUTOLOSS" prepare criteo --input "$here/classes.tsv" --out "$here/classes" --classes 5 \
  --min-count 10 --seed 1 > "$here/log" 2>&1
# The same rows as a table in which some columns are lists of one to five values.
awk -F '\t' -v OFS=, 'BEGIN { print "label,lead,words,more" }
  { words = $20; for (i = 1; i < NR % 5 + 1; i++) words = words "|" $(20 + i)
    more = ""; for (i = 0; i < NR % 4; i++) more = more " " $(30 + i)
    print $1, $15, words, more }' "$here/raw.tsv" > "$here/lists.csv"
cat > "$here/lists.yaml" << 'END'
label: label
fields:
  - lead
  - {name: words, list: {separator: "|", maximum: 5}}
  - {name: more, list: {separator: " ", maximum: 2, pooling: sum, excess: cut}}
END
"$AUTOLOSS" prepare csv --schema "$here/lists.yaml" --input "$here/lists.csv" --out "$here/lists" \
  --min-count 10 --seed 1 > "$here/log" 2>&1
# A controller that other runs are given.
quiet "the given controller" "$AUTOLOSS" train --data "$here/binary" --out "$here/lender" \
  --model deepfm --loss autoloss --epochs 1 --batch-size 500 --seed 2
mv "$here/lender/controller.safetensors" "$here/given.safetensors"
# Without evaluations the result is the model of the last step, with them the best one. A delay lets
# runs stop, too, while a gradient of the controller waits for its step.
threads_of=(1 2 3 5)
clusters=("0 1 0" "0 2 0" "0 3 0" "0 1 2" "1 1 0" "2 2 0" "3 1 0")
while read -r data model loss settings; do
  expected=
  options=(--model "$model" --loss "$loss" --epochs 2 --batch-size 500 --seed 1)
  for setting in $settings; do options+=(--set "${setting/GIVEN/$here/given.safetensors}"); done
  by_threads "$data $model $loss $settings"
  by_cluster "$data $model $loss $settings"
  by_resume "$data $model $loss $settings"
done << 'END'
binary deepfm autoloss train.evaluateEvery=1000000
binary deepfm autoloss search.controllerDelay=3 search.virtualStep=0 search.upper=paper
binary ipnn fixed:ce train.learningRateDrops=10:0.5,1ep:0.1,50:0.5
binary deepfm al2 train.evaluateEvery=1000000 cluster.pullValues=fp16 cluster.pushValues=int8
classes deepfm autoloss
binary ipnn uncertainty
binary deepfm autoloss search.virtualStep=0.01 search.upper=logloss+auc
classes ipnn al2 search.virtualRule=adam search.attached=true search.upper=normalised
lists deepfm autoloss
binary ipnn fixed:ce train.plateauFactor=0.5 train.learningRate=0.1 train.evaluateEvery=13 train.weightDecay=0 train.patience=0
binary deepfm fixed:ce train.cowClip=0.5 train.cowClipFloor=1e-6 train.denseLearningRate=0.002 train.denseWeightDecay=0 train.denseWarmUp=1ep
classes deepfm softadapt:beta=5 search.every=3
binary nfm autoloss search.controller.file=GIVEN
END

# The strategies that are not among these, with models of other kinds, in short runs.
threads_of=(1 3)
clusters=("0 1 0" "0 2 0" "0 3 0" "1 2 0")
while read -r data model loss settings; do
  expected=
  options=(--model "$model" --loss "$loss" --batch-size 500 --max-steps 20 --seed 1)
  for setting in $settings; do options+=(--set "$setting"); done
  by_threads "$data $model $loss $settings"
  by_cluster "$data $model $loss $settings"
done << 'END'
binary xdfm weights:1,2,3
binary ffm random
classes afi al1
binary dcnv2 slf
binary afn darts
classes opnn darts search.virtualStep=0 search.upper=paper
binary deepfm melu
binary fnn autoloss search.candidates=[ce,pair,list_ce:alpha=0.5,jrc]
END

if [ "$failures" -gt 0 ]; then
  echo "$failures runs differ or failed"
  exit 1
fi
echo "all checksums are the same"
