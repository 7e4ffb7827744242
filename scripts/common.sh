# Shared by the scripts of this folder; sourced, not run.

set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# --help prints the script's first comment: a file that is sourced without arguments sees those of the script.
case ${1:-} in
  -h | --help)
    awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"
    exit
    ;;
esac

require_sdk() {
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing: see https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks | grep -q '^10\.' ||
    fail "the .NET 10 SDK is missing, found: $(dotnet --list-sdks | tr '\n' ' '); see https://dotnet.microsoft.com/download/dotnet/10.0"
}

require_root() {
  [ "$(id -u)" -eq 0 ] || fail "network namespaces need root: run it as 'sudo $0'"
}

# require_packages PACKAGE…: installs by apt what dpkg does not list as installed.
require_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" -eq 0 ] || fail "missing packages: ${missing[*]}; install them with: sudo apt-get install ${missing[*]}"
  command -v apt-get >/dev/null || fail "missing packages: ${missing[*]}; this is not Debian, install them by hand"
  say "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
    { apt-get update -q >/dev/null && apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null; } ||
    fail "apt-get could not install: ${missing[*]}"
}

# Packages that the daemon and the network lab need at run time.
require_lab() {
  require_root
  require_packages libpcap0.8 iproute2 nftables
}

# The lab's tool, built when it is older than its sources.
lab_tool() {
  dotnet build "$repository/tests/AkkaFailover.Lab" -c Release -v quiet -clp:NoSummary >&2 || fail "the lab's tool does not build"
  "$repository/tests/AkkaFailover.Lab/bin/Release/net10.0/failover-lab" "$@"
}
