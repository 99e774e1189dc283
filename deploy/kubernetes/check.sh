#!/usr/bin/env bash
# Checks deploy/kubernetes without a cluster: renders it as kubectl would, validates every object
# strictly against the schemas of several versions of Kubernetes, looks at its security settings,
# and compares what must agree between the files.
#
#   deploy/kubernetes/check.sh
#   AUTOLOSS=path/to/autoloss deploy/kubernetes/check.sh    checks run.yaml by the binary as well
#   WORK=folder deploy/kubernetes/check.sh                  keeps the validators for the next time
#
# Needs kubectl (for kustomize) and Python. What only a cluster can show (probes, policies, evictions)
# is not checked here.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/../common.sh"
cd "$root/deploy/kubernetes"

versions=${VERSIONS:-1.33.0 1.34.0 1.35.0 1.36.0 1.37.0}
# Not ours to say: namespace (where it is applied), digest and pull policy (your registry), and CPU
# limits, which would only slow a worker down.
accepted=CKV_K8S_21,CKV_K8S_43,CKV_K8S_15,CKV_K8S_11

keep=${WORK:-}
work=${WORK:-$(mktemp -d)}
mkdir -p "$work"
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
command -v kubectl > /dev/null \
  || stop 69 "kubectl is not on the PATH" "install it: its kustomize renders the manifests"
if [ ! -x "$work/venv/bin/checkov" ] || [ ! -x "$work/venv/bin/kubernetes-validate" ]; then
  say "installing validators"
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet kubernetes-validate checkov yamllint
fi
tool() {
  local name=$1
  shift
  "$work/venv/bin/$name" "$@"
}

# Every object is valid in a version; an object without a schema is not.
validate() {
  local out
  out=$(tool kubernetes-validate --strict --kubernetes-version "$2" "$1" 2>&1) \
    && ! grep -qv '^INFO .* passed ' <<< "$out"
}

say "style"
tool yamllint --strict --config-data \
  '{extends: default, rules: {line-length: {max: 100}, document-start: disable, braces: disable}}' .
# A component is nothing by itself: an overlay as a user writes it.
mkdir -p "$work/overlay"
here=$(realpath --relative-to="$work/overlay" .)
cat > "$work/overlay/kustomization.yaml" << END
resources: [$here/base]
components: [$here/servers]
END
for folder in base demo servers; do
  say "$folder"
  source=$folder
  [ "$folder" != servers ] || source=$work/overlay
  kubectl kustomize "$source" > "$work/$folder.yaml"
  for version in $versions; do
    validate "$work/$folder.yaml" "$version" || {
      tool kubernetes-validate --strict --kubernetes-version "$version" "$work/$folder.yaml" >&2
      stop 65 "$folder is not valid in $version" "see above"
    }
    echo "$(grep -c '^kind:' "$work/$folder.yaml") objects are valid in Kubernetes $version"
  done
  tool checkov --skip-download --quiet --compact --framework kubernetes \
    --skip-check "$accepted" --file "$work/$folder.yaml" \
    || stop 65 "$folder has unsafe settings" "see above"
  echo "no unsafe settings but $accepted, which are yours to decide"
done

say "the checks themselves: each of these must be refused"
sed 's/readOnlyRootFilesystem/readOnlyRootFileSystem/' "$work/base.yaml" > "$work/misspelt.yaml"
printf 'apiVersion: nobody.knows/v1\nkind: Strange\nmetadata: {name: x}\n' > "$work/unknown.yaml"
for wrong in misspelt unknown; do
  if validate "$work/$wrong.yaml" 1.34.0 2> /dev/null; then
    stop 70 "$wrong.yaml passed" "the validator does not validate"
  fi
  echo "$wrong: refused"
done

say "what must agree"
tool python - "$work/base.yaml" << 'END'
import sys
import yaml

objects = {(o["kind"], o["metadata"]["name"]): o for o in yaml.safe_load_all(open(sys.argv[1]))}
pods = {name: o["spec"]["template"] for (kind, name), o in objects.items() if kind == "Job"}


def selected(labels):
    return [n for n, p in pods.items() if labels.items() <= p["metadata"]["labels"].items()]


coordinator, workers = "autoloss-coordinator", "autoloss-workers"
container = pods[coordinator]["spec"]["containers"][0]
ports = {p["containerPort"] for p in container["ports"]}
assert selected(objects["Service", coordinator]["spec"]["selector"]) == [coordinator]
assert {p["port"] for p in objects["Service", coordinator]["spec"]["ports"]} == ports
assert objects["Service", coordinator]["spec"]["clusterIP"] == "None"
for name in (coordinator, workers):
    policy = objects["NetworkPolicy", name]["spec"]
    assert selected(policy["podSelector"]["matchLabels"]) == [name], name
    variables = {e["name"]: e["value"] for e in pods[name]["spec"]["containers"][0]["env"]}
    assert variables["AUTOLOSS_COORDINATOR"] == f"tcp://{coordinator}:{min(ports)}"
    assert "securityContext" in pods[name]["spec"] and not pods[name]["spec"].get("hostNetwork")
assert int({e["name"]: e["value"] for e in container["env"]}["AUTOLOSS__CLUSTER__DATA_PORT"]) in ports
(entry,) = objects["NetworkPolicy", coordinator]["spec"]["ingress"]
assert {p["port"] for p in entry["ports"]} == ports
assert selected(entry["from"][0]["podSelector"]["matchLabels"]) == [workers]
leaving = objects["NetworkPolicy", workers]["spec"]["egress"][0]
assert {p["port"] for p in leaving["ports"]} == ports
assert selected(leaving["to"][0]["podSelector"]["matchLabels"]) == [coordinator]
budget = objects["PodDisruptionBudget", coordinator]["spec"]
assert selected(budget["selector"]["matchLabels"]) == [coordinator]
job = objects["Job", workers]["spec"]
assert job["completions"] == job["parallelism"]
for name in (coordinator, workers):
    for rule in objects["Job", name]["spec"]["podFailurePolicy"]["rules"]:
        if "onExitCodes" in rule:
            inside = rule["onExitCodes"]["containerName"]
            assert inside == pods[name]["spec"]["containers"][0]["name"]
print("services, policies, budgets, ports and addresses agree")
END
tool python - "$work/servers.yaml" << 'END'
import sys
import yaml

objects = {(o["kind"], o["metadata"]["name"]): o for o in yaml.safe_load_all(open(sys.argv[1]))}
jobs = {name: o["spec"] for (kind, name), o in objects.items() if kind == "Job"}


def selected(labels):
    return [n for n, j in jobs.items() if labels.items() <= j["template"]["metadata"]["labels"].items()]


def container(job):
    return jobs[job]["template"]["spec"]["containers"][0]


def variables(job):
    return {e["name"]: e.get("value") for e in container(job)["env"]}


def policy(name):
    return objects["NetworkPolicy", name]["spec"]


coordinator, workers, servers = "autoloss-coordinator", "autoloss-workers", "autoloss-servers"
(port,) = [p["containerPort"] for p in container(servers)["ports"]]
count = int(variables(coordinator)["AUTOLOSS__CLUSTER__SERVERS"])
assert jobs[servers]["completions"] == jobs[servers]["parallelism"] == count
assert variables(servers)["AUTOLOSS_COORDINATOR"] == variables(workers)["AUTOLOSS_COORDINATOR"]
assert container(servers)["image"] == container(workers)["image"]
service = objects["Service", servers]
assert service["spec"]["clusterIP"] == "None" and selected(service["spec"]["selector"]) == [servers]
assert [p["port"] for p in service["spec"]["ports"]] == [port]
domain = jobs[servers]["template"]["spec"]["subdomain"]
assert domain == service["metadata"]["name"]
assert variables(servers)["AUTOLOSS_SERVER_LISTEN"] == f"tcp://{servers}-$(INDEX).{domain}:{port}"
# Who may talk with whom, from both sides.
assert selected(policy(servers)["podSelector"]["matchLabels"]) == [servers]
(entry,) = policy(servers)["ingress"]
assert [p["port"] for p in entry["ports"]] == [port]
assert selected(entry["from"][0]["podSelector"]["matchLabels"]) == [workers]
leaving = policy(workers)["egress"][-1]
assert [p["port"] for p in leaving["ports"]] == [port]
assert selected(leaving["to"][0]["podSelector"]["matchLabels"]) == [servers]
(entry,) = policy(coordinator)["ingress"]
members = [selected(f["podSelector"]["matchLabels"]) for f in entry["from"]]
assert members == [[workers], [servers]]
assert policy(servers)["egress"] == policy(workers)["egress"][:2]
# Keys: the coordinator admits servers, servers admit workers.
for job, name in ((coordinator, "server"), (servers, "worker")):
    (secret,) = [v["secret"] for v in jobs[job]["template"]["spec"]["volumes"] if v["name"] == "keys"]
    assert f"allowed/{name}.pub" in [i["path"] for i in secret["items"]], job
print("servers: services, policies, ports, names and keys agree")
END
if [ -n "${AUTOLOSS:-}" ]; then
  (cd "$root" && "$AUTOLOSS" config check --config deploy/kubernetes/base/run.yaml)
else
  echo "not checked: base/run.yaml by the binary (set AUTOLOSS)"
fi
echo "not checked: anything that needs a cluster (probes, scheduling, network policies, evictions)"
