#!/usr/bin/env bash
# Shows deploy/slurm/train.sbatch on a real Slurm, with keys: three nodes on this machine, the status
# asked from the head, a worker killed with SIGKILL, the signal that comes before the time limit, the queue again, and at the end the checksum
# of an undisturbed run.
#
#   deploy/slurm/check.sh                        installs Debian's Slurm, builds the binary
#   AUTOLOSS=path/to/autoloss deploy/slurm/check.sh
#   SERVERS=1 deploy/slurm/check.sh              the same with parameters on servers
#   LIMIT=1 EPOCHS=120 deploy/slurm/check.sh     waits for the real time limit (two minutes)
#
# Needs root. Everything runs in namespaces of its own (processes, network, mounts): nothing of a
# Slurm that is already here is touched, and nothing is left.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/../common.sh"
cd "$root"

if [ "${1:-}" != inside ]; then
  [ "$(id -u)" -eq 0 ] || stop 77 "namespaces and Slurm's daemons need root" "run as root: $0"
  install_packages slurm-wlm slurm-client munge iproute2 util-linux
  require_binary
  here=$(mktemp -d)
  trap 'rm -rf "$here"' EXIT
  # The end of the first process ends every daemon with it.
  unshare --fork --pid --mount-proc --kill-child --mount --net --uts \
    env AUTOLOSS="$AUTOLOSS" HERE="$here" LIMIT="${LIMIT:-}" SERVERS="${SERVERS:-0}" "$0" inside
  exit
fi

here=${HERE:?}
nodes=(n1 n2 n3)

start_network() {
  local number=10 host
  ip link set lo up
  hostname head
  echo "127.0.0.1 localhost" > "$here/hosts"
  # Addresses for documentation, so that they are not loopback ones for Slurm and for us; they
  # exist in this namespace only.
  for host in head "${nodes[@]}"; do
    ip address add "192.0.2.$number/32" dev lo
    echo "192.0.2.$number $host" >> "$here/hosts"
    number=$((number + 1))
  done
  mount --bind "$here/hosts" /etc/hosts
}

start_slurm() {
  chmod 755 "$here"
  mkdir -m 755 "$here/munge" "$here/state"
  dd if=/dev/urandom of="$here/munge/key" bs=128 count=1 status=none
  chmod 400 "$here/munge/key"
  {
    cat << END
ClusterName=check
SlurmctldHost=head(192.0.2.10)
AuthType=auth/munge
AuthInfo=socket=$here/munge/socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SlurmUser=root
SlurmdUser=root
SlurmctldPidFile=$here/state/ctld.pid
SlurmdPidFile=$here/state/slurmd-%n.pid
StateSaveLocation=$here/state
SlurmdSpoolDir=$here/state/spool-%n
SlurmctldLogFile=$here/ctld.log
SlurmdLogFile=$here/slurmd-%n.log
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
KillWait=5
SlurmdParameters=config_overrides
PartitionName=check Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    local number=1
    for node in "${nodes[@]}"; do
      echo "NodeName=$node NodeHostname=head NodeAddr=192.0.2.$((10 + number))" \
        "Port=$((17000 + number)) CPUs=2 RealMemory=1000 State=UNKNOWN"
      number=$((number + 1))
    done
  } > "$here/slurm.conf"
  export SLURM_CONF=$here/slurm.conf
  munged --key-file "$here/munge/key" --socket "$here/munge/socket" \
    --pid-file "$here/munge/pid" --log-file "$here/munge/log" --seed-file "$here/munge/seed"
  slurmctld
  local node
  for node in "${nodes[@]}"; do slurmd -N "$node"; done
  wait_for 30 "three idle nodes" all_idle
}

all_idle() { [ "$(sinfo --noheader --Node --states=idle | wc -l)" -eq ${#nodes[@]} ]; }

# Waits until a condition holds: wait_for SECONDS WHAT COMMAND…
wait_for() {
  local seconds=$1 what=$2 deadline
  deadline=$((SECONDS + seconds))
  shift 2
  until "$@"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      squeue >&2 || true
      scontrol show job >&2 || true
      tail -n 8 "$here"/{ctld,slurmd-n1,slurmd-n2}.log >&2 || true
      tail -n 20 "$here/job.log" >&2 || true
      stop 70 "waited $seconds s in vain for $what" "look at the logs above"
    fi
    sleep 0.2
  done
}

job_state() { scontrol --oneliner show job "$job" | sed -n 's/.* JobState=\([A-Z_]*\) .*/\1/p'; }
job_is() { [ "$(job_state)" = "$1" ]; }
logged() { grep -q "$1" "$here/job.log" 2> /dev/null; }
# The process of the worker on a node, by the label that Slurm gave it.
worker_on() {
  local folder
  for folder in /proc/[0-9]*; do
    if [ "$(readlink "$folder/exe")" = "$AUTOLOSS" ] \
      && tr '\0' '\n' < "$folder/cmdline" | grep -qx worker \
      && tr '\0' '\n' < "$folder/environ" | grep -qx "SLURMD_NODENAME=$1"; then
      basename "$folder"
      return
    fi
  done 2> /dev/null
}

start_network
say "starting munge, slurmctld and three slurmd"
start_slurm
sinfo --Node --long >&2

say "an undisturbed run on this machine"
# One evaluation, at the end: the checksum is that of the last step, not of a better one long ago.
settings=(--model deepfm --loss autoloss --epochs "${EPOCHS:-40}" --batch-size 250 --seed 1
  --set train.patience=0 --set train.evaluateEvery=1000000 --set checkpoint.everySteps=200)
"$AUTOLOSS" synth --rows 20000 --out "$here/raw.tsv" --seed 1 > "$here/undisturbed.log" 2>&1
"$AUTOLOSS" prepare criteo --input "$here/raw.tsv" --out "$here/data" --min-count 10 --seed 1 \
  > "$here/undisturbed.log" 2>&1
"$AUTOLOSS" train --data "$here/data" --out "$here/alone" "${settings[@]}" --threads 2 \
  > "$here/undisturbed.log" 2>&1
expected=$("$AUTOLOSS" inspect checkpoint "$here/alone" --json | json_value checksum)

say "submitting deploy/slurm/train.sbatch"
limit=()
# Slurm sends the signal up to a minute early, so it comes half a minute after the start or later.
[ -z "$LIMIT" ] || limit=(--time=2 --signal=B:USR1@30)
job=$(SERVERS=$SERVERS DATA=$here/data OUT=$here/run sbatch --parsable --nodes=3 \
  --output="$here/job.log" \
  ${limit[@]+"${limit[@]}"} deploy/slurm/train.sbatch "${settings[@]}" --threads 1)
saved() { grep -q '"event":"checkpointed"' "$here/run/metrics.jsonl" 2> /dev/null; }
wait_for 60 "a first checkpoint" saved

say "autoloss status from the head node, with the keys that the job made"
"$AUTOLOSS" status --coordinator "tcp://n1:$((20000 + 2 * (job % 5000)))" --keys "$here/run.keys" \
  | tee "$here/status" >&2
[ "$(grep -c ' n[23] ' "$here/status")" -eq 2 ] \
  || stop 70 "the status does not name the workers of n2 and n3" "see the table above"

say "kill -9 of the worker on n2"
victim=$(worker_on n2)
[ -n "$victim" ] || stop 70 "there is no worker on n2" "look at $here/job.log"
kill -9 "$victim"
wait_for 30 "the coordinator to notice" logged 'was lost\|said nothing'
sleep 2
job_is RUNNING || stop 70 "the job ended with its worker: $(job_state)" "see deploy/slurm"

if [ -n "$LIMIT" ]; then
  say "waiting for the signal before the time limit"
else
  say "SIGUSR1 to the batch script, as Slurm sends it before the time limit"
  scancel --batch --signal=USR1 "$job"
fi
wait_for 150 "code 75" logged 'the coordinator ended with code 75'
wait_for 60 "the job in the queue again" job_is PENDING
scontrol --oneliner show job "$job" | grep -o 'Restarts=[0-9]*' >&2

# Slurm holds a requeued job for two minutes. When it is let go before its nodes are done with the
# last start, the end of that one is taken for the end of the next.
finished() {
  case $(job_state) in
    PENDING) if all_idle; then scontrol update "jobid=$job" StartTime=now 2> /dev/null || true; fi ;;
    COMPLETED) return 0 ;;
    FAILED | CANCELLED | TIMEOUT | NODE_FAIL)
      tail -n 40 "$here/job.log" >&2
      stop 70 "the job ended as $(job_state)" "look at the log above"
      ;;
  esac
  return 1
}
wait_for 600 "the end of the job" finished
grep -E 'this is task|listening on|was lost|said nothing|ended with code|queueing|from step' \
  "$here/job.log" >&2 || true
checksum=$("$AUTOLOSS" inspect checkpoint "$here/run" --json | json_value checksum)
printf 'undisturbed  %s\nunder Slurm  %s\n' "$expected" "$checksum"
if [ -z "$checksum" ] || [ "$checksum" != "$expected" ]; then
  stop 70 "the models differ" "a run must be a function of its data, settings and seed"
fi
echo "same model after a killed worker, a signal and a requeue"
