#!/usr/bin/env bash
# Examples per second of the training step: DeepFM and IPNN, cross entropy and searched loss, one
# and two threads in turns, beside the bound of the machine. The searched loss is the paper's, at first
# order; second-order.sh has the rest.
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "$0")/common.sh"
build_tool
build_benchmark
make_planted_data 5 2 planted
"$benchmark" --data "$work/planted" \
  --losses fixed:ce,autoloss/search.virtualStep=0/search.upper=paper "$@"
