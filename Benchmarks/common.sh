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

# Criteo-shaped rows of one planted model, prepared: make_planted_data MILLIONS MINCOUNT NAME.
# The vocabulary is that of five million rows with 1.09 million values at a count of two; more rows
# are more examples of the same values.
make_planted_data() {
  local millions=$1 minimum=$2 name=$3
  [ ! -e "$work/$name/manifest.json" ] || return 0
  mkdir -p "$work"
  "$autoloss" synth --rows "${millions}000000" --out "$work/$name.tsv" --values 1086810 \
    --min-count "$((2 * millions / 5))" --seed 1 --json | tee "$work/$name.json"
  "$autoloss" prepare criteo --input "$work/$name.tsv" --out "$work/$name" \
    --min-count "$minimum" --seed 1 >&2
  rm "$work/$name.tsv"
}
