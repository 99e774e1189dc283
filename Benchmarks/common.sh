# shellcheck shell=bash
# What the scripts of this folder share: the release binaries and the synthetic data.
# shellcheck source=deploy/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../deploy/common.sh"

# Where data is kept between benchmarks; about 600 MB.
work=${WORK:-$root/runs/benchmarks}

build_tool() {
  swift build -c release --package-path "$root" --product autoloss >&2
  autoloss=$(swift build -c release --package-path "$root" --show-bin-path)/autoloss
}

build_benchmark() {
  swift build -c release --package-path "$root/Benchmarks" >&2
  benchmark=$(swift build -c release --package-path "$root/Benchmarks" --show-bin-path)
  benchmark=$benchmark/step-benchmark
}

# Five million Criteo-shaped rows with 1.09 million feature values, prepared.
make_planted_data() {
  [ ! -e "$work/planted/manifest.json" ] || return 0
  mkdir -p "$work"
  "$autoloss" synth --rows 5000000 --out "$work/planted.tsv" --values 1086810 --min-count 2 \
    --seed 1 --json | tee "$work/planted.json"
  "$autoloss" prepare criteo --input "$work/planted.tsv" --out "$work/planted" --min-count 2 \
    --seed 1 >&2
  rm "$work/planted.tsv"
}
