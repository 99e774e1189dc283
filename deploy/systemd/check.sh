#!/usr/bin/env bash
# Checks deploy/systemd: every key of the units is known and their exposure is low; and their command
# lines (a coordinator, a server, two workers) train with keys, answer `autoloss status`, and come
# with a stop and a start in between to the checksum of an undisturbed run.
#
#   deploy/systemd/check.sh                        builds the binary first
#   AUTOLOSS=path/to/autoloss deploy/systemd/check.sh
#
# The units are not started by systemd, which would have to run this machine: restarts, limits and
# the sandbox are checked on paper only. The commands talk over loopback.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/../common.sh"
cd "$root"

command -v systemd-analyze > /dev/null || install_packages systemd
require_binary
make_here
units=(autoloss-coordinator.service autoloss-worker@.service autoloss-server@.service)

# Copies the units with the paths of this check.
for unit in "${units[@]}"; do
  sed "s#/usr/local/bin/autoloss#$AUTOLOSS#; s#^User=autoloss#User=daemon#" \
    "deploy/systemd/$unit" > "$here/$unit"
done

# What systemd says about a unit; nothing when all is well. Its exit code does not tell.
verify() { systemd-analyze verify --man=no --recursive-errors=no "$1" 2>&1 | grep -F "$here" || true; }

say "units"
for unit in "${units[@]}"; do
  said=$(verify "$here/$unit")
  [ -z "$said" ] || stop 65 "systemd complains: $said" "correct deploy/systemd/$unit"
  systemd-analyze security --offline=true --threshold=20 "$here/$unit" > "$here/exposure" \
    || { cat "$here/exposure" >&2; stop 65 "$unit is exposed" "see the table above"; }
  echo "$unit: valid; $(tail -n 1 "$here/exposure" | sed 's/[^[:print:]]//g')"
done
sed 's/^RestartSec=/RestartSecs=/' "$here/${units[0]}" > "$here/misspelt.service"
[ -n "$(verify "$here/misspelt.service")" ] \
  || stop 70 "a misspelt key passed" "the validator does not validate"
echo "a misspelt key is refused"
systemd-sysusers --dry-run "$root/deploy/systemd/autoloss.sysusers" > /dev/null
echo "autoloss.sysusers: valid"

say "the command lines"
"$AUTOLOSS" synth --rows 20000 --out "$here/raw.tsv" --seed 1 > "$here/log" 2>&1
"$AUTOLOSS" prepare criteo --input "$here/raw.tsv" --out "$here/data" --min-count 10 --seed 1 \
  > "$here/log" 2>&1
# One evaluation, at the end: the checksum is that of the last step, not of a better one long ago.
settings=(AUTOLOSS__TRAIN__EPOCHS=20 AUTOLOSS__TRAIN__BATCH_SIZE=250 AUTOLOSS__TRAIN__EVALUATE_EVERY=1000000
  AUTOLOSS__CHECKPOINT__EVERY_STEPS=100)
env "${settings[@]}" "$AUTOLOSS" train --data "$here/data" --out "$here/alone" --loss autoloss \
  > "$here/log" 2>&1
expected=$("$AUTOLOSS" inspect checkpoint "$here/alone" --json | json_value checksum)

port=$((20000 + RANDOM % 10000))
"$AUTOLOSS" keys generate --out "$here/keys" > "$here/log"
sed -e "s#coordinator.example:5570#127.0.0.1:$port#" -e "s#=/var/lib/autoloss/data#=$here/data#" \
  -e "s#=5571#=$((port + 1))#" -e "s#=/etc/autoloss/keys#=$here/keys#" deploy/systemd/environment \
  > "$here/environment"
sed "s#/var/lib/autoloss/run#$here/run#" deploy/systemd/run.yaml > "$here/run.yaml"
mapfile -t environment < <(grep '^[A-Z]' "$here/environment")
command_of() { sed -n "s#^ExecStart=##p" "$here/$1" | sed "s#/etc/autoloss/#$here/#"; }

# Starts the coordinator, two workers and a server as the units do.
start() {
  local unit line
  started=()
  for unit in "${units[0]}" "${units[1]}" "${units[1]}" "${units[2]}"; do
    read -r -a line < <(command_of "$unit")
    env "${environment[@]}" "${settings[@]}" AUTOLOSS__TRAIN__THREADS=1 \
      AUTOLOSS__CLUSTER__SERVERS=1 "${line[@]}" >> "$here/log" 2>&1 &
    started+=("$!")
  done
}
# Waits for all; sets codes.
finish() {
  local process code
  codes=()
  for process in "${started[@]}"; do
    code=0
    wait "$process" || code=$?
    codes+=("$code")
  done
  started=()
}
saved() { grep -q '"event":"checkpointed"' "$here/run/metrics.jsonl" 2> /dev/null; }

start
until saved || ! kill -0 "${started[0]}" 2> /dev/null; do sleep 0.05; done
env "${environment[@]}" "$AUTOLOSS" status
kill -TERM "${started[0]}"
finish
echo "systemctl stop: the coordinator, its workers and its server end with ${codes[*]}"
[ "${codes[*]}" = "75 75 75 75" ] || { tail -n 20 "$here/log" >&2; stop 70 "not 75" "see the log"; }
start
finish
echo "systemctl start: they end with ${codes[*]}"
checksum=$("$AUTOLOSS" inspect checkpoint "$here/run" --json | json_value checksum)
printf 'undisturbed  %s\nby the units %s\n' "$expected" "$checksum"
if [ -z "$checksum" ] || [ "$checksum" != "$expected" ]; then
  tail -n 20 "$here/log" >&2
  stop 70 "the models differ" "a run must be a function of its data, settings and seed"
fi
echo "same model after a stop and a start"
echo "not checked: what only a running systemd does (restarts, limits, the sandbox)"
