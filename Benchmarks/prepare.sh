#!/usr/bin/env bash
# Rows per second of `prepare`, end to end, and peak memory with GNU time: two million rows of
# Criteo's form, and the same rows written as Avazu's table, as ratings of MovieLens and as libsvm
# text.
#
#   Benchmarks/prepare.sh                    builds the release binary first
#   AUTOLOSS=path/to/autoloss ROWS=2000000 ROUNDS=3 Benchmarks/prepare.sh
set -euo pipefail
# shellcheck source=Benchmarks/common.sh
source "$(dirname "$0")/common.sh"
rows=${ROWS:-2000000} rounds=${ROUNDS:-3}
autoloss=${AUTOLOSS:-}
[ -n "$autoloss" ] || build_tool
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
measure=()
[ ! -x /usr/bin/time ] || measure=(/usr/bin/time -f '%M kB at most')

"$autoloss" synth --rows "$rows" --out "$here/criteo" --seed 1 > /dev/null
awk -F '\t' -v OFS=, '
  BEGIN {
    printf "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,"
    printf "app_category,device_id,device_ip,device_model,device_type,device_conn_type,"
    print "C14,C15,C16,C17,C18,C19,C20,C21"
  }
  { line = NR "," $1; for (i = 15; i < 37; i++) line = line "," $i; print line }
' "$here/criteo" > "$here/avazu"
awk -F '\t' '{ print $17 "::" $18 "::" 1 + (2 * $1 + NR) % 5 "::978300760" }' \
  "$here/criteo" > "$here/movielens"
# The values of libsvm are numbers: those of categories are numbered as they come.
awk -F '\t' '
  {
    line = $1
    for (i = 2; i < 41; i++) {
      if ($i == "") continue
      if (i > 14 && !((i, $i) in number)) number[i, $i] = ++count[i]
      line = line " " i - 1 ":" (i > 14 ? number[i, $i] : $i)
    }
    print line
  }
' "$here/criteo" > "$here/libsvm"

# Prepares the file of a form again and again: prepare FORM OPTION…
prepare() {
  local form=$1 round begun taken
  shift
  for ((round = 1; round <= rounds; round++)); do
    rm -rf "$here/data"
    begun=$(date +%s%N)
    "${measure[@]}" "$autoloss" prepare "$form" --input "$here/$form" --out "$here/data" \
      --seed 1 --threads 2 "$@" 2> "$here/log" > /dev/null
    taken=$((($(date +%s%N) - begun) / 1000000))
    echo "$form, round $round: $((rows * 1000 / taken)) rows/s," \
      "$(($(wc -c < "$here/$form") / 1000 / taken)) MB/s, $(tail -n 1 "$here/log")"
  done
}

prepare criteo --min-count 10
prepare avazu
prepare movielens --classes 5
prepare libsvm --fields 39
