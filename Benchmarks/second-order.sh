#!/usr/bin/env bash
# What looking ahead costs: the step of `autoloss` with and without a virtual step at f = 7, all in
# turns, as ratios to ξ = 0.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "$0")/common.sh"
build_tool
build_benchmark
make_planted_data 5 2 planted
first=autoloss/search.virtualStep=0/search.upper=paper
ahead=autoloss/search.virtualStep=0.001
"$benchmark" --data "$work/planted" --models deepfm \
  --losses "$first,$ahead/search.upper=paper,$ahead/search.upper=logloss,$ahead/search.upper=logloss/search.virtualRule=adam" \
  "$@"
