#!/usr/bin/env bash
# What one slow worker costs a synchronous run, beside the least that arithmetic allows.
#
#   Benchmarks/stragglers.sh                        builds what it needs first; needs root
#   AUTOLOSS=path/to/autoloss CHAOS_PROXY=path/to/chaos-proxy Benchmarks/stragglers.sh
#
# Four workers of one thread, each held to a fifth of a core by a control group, so that neither
# the machine nor whoever else works on it decides. Three runs: all alike; one of them behind a link
# of 300 ms a round trip, in a network namespace of its own; one of them at a quarter of the speed.
#
# With M slices of c seconds at full speed and three whole workers, the slow one gets k slices:
#   late link      T(k) = max(ceil((M - k) / 3) c, k c + 0.6 if k > 0)    pull and push: two trips
#   quarter speed  T(k) = max(ceil((M - k) / 3) c, 4 k c)
# and the ideal is the least T(k). c is that of the first run: its time a step divided by M / 4.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
[ "$(id -u)" -eq 0 ] || stop 77 "namespaces and control groups need root" "run it as root"
command -v ip > /dev/null || stop 69 "ip is not on the PATH" "install iproute2"
require_binary
if [ -z "${CHAOS_PROXY:-}" ]; then
  swift build -c release --package-path Benchmarks --product chaos-proxy >&2
  CHAOS_PROXY=$(swift build -c release --package-path Benchmarks --show-bin-path)/chaos-proxy
fi

name=autoloss-$$
here=$(mktemp -d)
started=()
end_all() {
  local process
  for process in ${started[@]+"${started[@]}"}; do kill -KILL "$process" 2> /dev/null || true; done
  wait 2> /dev/null || true
  started=()
}
end() {
  end_all
  ip link del "v$$" 2> /dev/null || true
  ip netns del "$name" 2> /dev/null || true
  sleep 0.2
  rmdir "${groups[@]}" 2> /dev/null || true
  rm -rf "$here"
}
groups=()
trap end EXIT

# A namespace whose only way out is a link to this one; addresses for documentation.
ip netns add "$name"
ip link add "v$$" type veth peer name inside netns "$name"
ip address add 192.0.2.1/24 dev "v$$"
ip link set "v$$" up
ip netns exec "$name" ip address add 192.0.2.2/24 dev inside
ip netns exec "$name" ip link set inside up
ip netns exec "$name" ip link set lo up

# Makes a control group that gets so many hundredths of a core: group NAME HUNDREDTHS
group() {
  local folder=/sys/fs/cgroup/cpu/$name-$1
  if [ -d /sys/fs/cgroup/cpu ]; then
    mkdir "$folder"
    echo 20000 > "$folder/cpu.cfs_period_us"
    echo $(($2 * 200)) > "$folder/cpu.cfs_quota_us"
  else
    folder=/sys/fs/cgroup/$name-$1
    mkdir "$folder"
    echo "$(($2 * 200)) 20000" > "$folder/cpu.max"
  fi
  groups+=("$folder")
}
for worker in 1 2 3; do group "$worker" 20; done
group whole 20
group quarter 5

"$AUTOLOSS" synth --rows 40000 --values 4000 --out "$here/raw.tsv" --seed 1 > "$here/log" 2>&1
"$AUTOLOSS" prepare criteo --input "$here/raw.tsv" --out "$here/data" --min-count 2 --seed 1 \
  > "$here/log" 2>&1
slices=16

# Starts a worker in a control group: worker GROUP COORDINATOR COMMAND…
worker() {
  local number
  for number in "${!groups[@]}"; do
    [ "${groups[$number]}" != "${groups[0]%-*}-$1" ] || local folder=${groups[$number]}
  done
  local coordinator=$2
  shift 2
  (
    echo "$BASHPID" > "$folder/cgroup.procs"
    OPENBLAS_NUM_THREADS=1 exec "$@" "$AUTOLOSS" worker --coordinator "$coordinator" \
      --data "$here/data" --threads 1 --insecure > "$here/worker.out" 2>&1
  ) &
  started+=("$!")
}
# Seconds of a run: seconds_of STEPS KIND
seconds_of() {
  local port=$((12000 + 2 * (RANDOM % 9000))) coordinator seconds
  rm -rf "$here/run"
  "$AUTOLOSS" coordinator --data "$here/data" --out "$here/run" --listen "tcp://*:$port" \
    --data-port "$((port + 1))" --insecure --loss fixed:ce --seed 1 --threads 1 --epochs 1000 \
    --batch-size 8000 --set "train.slices=$slices" --set "train.maxSteps=$1" \
    --set train.evaluateEvery=1000000000 --set cluster.expectWorkers=4 \
    --set checkpoint.everyMinutes=0 --json > "$here/coordinator.out" 2> "$here/coordinator.log" &
  coordinator=$!
  started+=("$coordinator")
  if [ "$2" = late ]; then
    # Half of the delay each way, on both ports.
    local place
    for place in "$port" "$((port + 1))"; do
      tail -f /dev/null | ip netns exec "$name" "$CHAOS_PROXY" --listen "$place" \
        --to "192.0.2.1:$place" --delay 150 > /dev/null &
      started+=("$!")
    done
    worker whole "tcp://127.0.0.1:$port" ip netns exec "$name"
  elif [ "$2" = quarter ]; then
    worker quarter "tcp://127.0.0.1:$port"
  else
    worker whole "tcp://127.0.0.1:$port"
  fi
  local number
  for number in 1 2 3; do worker "$number" "tcp://127.0.0.1:$port"; done
  wait "$coordinator" || { tail -n 20 "$here/coordinator.log" "$here/worker.out" >&2; return 1; }
  seconds=$(json_value seconds < "$here/coordinator.out")
  end_all
  echo "$seconds"
}

short=${SHORT:-10}
long=${LONG:-40}
declare -A step
for kind in alike late quarter; do
  say "$kind"
  first=$(seconds_of "$short" "$kind")
  second=$(seconds_of "$long" "$kind")
  step[$kind]=$(awk "BEGIN { print ($second - $first) / ($long - $short) }")
  printf '%s s a step\n' "${step[$kind]}" >&2
done
awk -v alike="${step[alike]}" -v late="${step[late]}" -v quarter="${step[quarter]}" \
  -v slices="$slices" '
  function most(a, b) { return a > b ? a : b }
  function whole(k) { return int((slices - k + 2) / 3) * c }
  BEGIN {
    c = alike / (slices / 4)
    idealLate = idealQuarter = whole(0)
    for (k = 1; k <= slices; k++) {
      t = most(whole(k), k * c + 0.6)
      if (t < idealLate) idealLate = t
      t = most(whole(k), 4 * k * c)
      if (t < idealQuarter) idealQuarter = t
    }
    printf "%-28s %10s %10s %12s\n", "run", "s a step", "ideal", "of ideal"
    printf "%-28s %10.3f %10.3f %12.2f\n", "four alike", alike, alike, 1
    printf "%-28s %10.3f %10.3f %12.2f\n", "one 300 ms away", late, idealLate, late / idealLate
    printf "%-28s %10.3f %10.3f %12.2f\n", "one at a quarter", quarter, idealQuarter, \
      quarter / idealQuarter
  }'
