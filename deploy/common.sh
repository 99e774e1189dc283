# shellcheck shell=bash
# What the scripts of this folder share. Source it; it changes nothing by itself.

# The top of the checkout.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export root

# Tells a person what happens now.
say() { printf '\n== %s\n' "$*" >&2; }

# Ends with a code of sysexits.h after saying what is wrong and what to do.
#   stop CODE WHAT REMEDY
stop() {
  printf 'error: %s\n  fix: %s\n' "$2" "$3" >&2
  exit "$1"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    stop 77 "installing packages needs root and there is no sudo" "run as root: $*"
  fi
}

# Installs those Debian packages that are missing: install_packages PACKAGE…
install_packages() {
  local missing=() package
  for package in "$@"; do
    # shellcheck disable=SC2016 # ${Status} belongs to dpkg-query
    dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'ok installed' \
      || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  as_root apt-get update -q >&2
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# Installs the libraries that the build links, and only those that are missing.
install_missing() {
  if command -v dpkg-query > /dev/null; then
    install_packages libzmq3-dev libopenblas-dev liblz4-dev zlib1g-dev libzstd-dev libssl-dev pkg-config
  else
    say "no dpkg here: expecting the development files of ZeroMQ, OpenBLAS, LZ4, zlib, zstd, OpenSSL"
  fi
  command -v swift > /dev/null \
    || stop 69 "swift is not on the PATH" \
      "install Swift 6.3 from https://www.swift.org/install/linux and try again"
}

# Sets AUTOLOSS to the absolute path of the binary; builds one unless it names one already.
require_binary() {
  if [ -z "${AUTOLOSS:-}" ]; then
    install_missing
    swift build -c release --product autoloss >&2
    AUTOLOSS=$(swift build -c release --show-bin-path)/autoloss
  fi
  AUTOLOSS=$(realpath "$AUTOLOSS")
}

# Sets `samples` to the absolute path of a folder that has these files: find_samples FOLDER FILE…
find_samples() {
  local file
  samples=$(realpath -m "$1")
  shift
  for file in "$@"; do
    [ -e "$samples/$file" ] || stop 66 "there is no $samples/$file" \
      "name a folder with samples in these formats (their licences forbid shipping them)"
  done
}

# Makes the folder $here for what a script leaves behind; at the end of the script it is removed,
# and the processes whose numbers stand in `started` are ended.
make_here() {
  here=$(mktemp -d)
  started=()
  trap end_here EXIT
}

end_here() {
  end_started
  rm -rf "$here"
}

# Ends the processes whose numbers stand in `started`, and forgets them.
end_started() {
  local process
  for process in ${started[@]+"${started[@]}"}; do kill "$process" 2> /dev/null || true; done
  started=()
}

# Reads one value of a line of JSON without further tools: json_value KEY < LINE
json_value() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p"; }
