#!/usr/bin/env bash
# build.sh [DIR]: publishes the daemon and the client to DIR (default: artifacts), ready to run:
#   DIR/bin/akka-failover, DIR/bin/failoverctl, DIR/lib/akka-failover with what the daemon needs, and the unit for systemd in
#   DIR/lib/systemd/system/akka-failover.service (to be copied to /etc/systemd/system; it expects DIR to be /opt/akka-failover).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

target=${1:-$repository/artifacts}
mkdir -p "$target"
target=$(cd "$target" && pwd)

require_sdk
# NativeAOT links with clang against zlib.
require_packages clang zlib1g-dev

case $(uname -m) in
  x86_64) runtime=linux-x64 ;;
  aarch64) runtime=linux-arm64 ;;
  *) fail "no build for $(uname -m): x86_64 and aarch64 are supported" ;;
esac

sources() {
  find "$repository/src" -type f -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/docs/*' -print0 | sort -z | xargs -0 sha256sum
  sha256sum <"${BASH_SOURCE[0]}"
  dotnet --version
  echo "$runtime"
}

stamp=$(sources | sha256sum | cut -d' ' -f1)
if [ -f "$target/.stamp" ] && [ "$(cat "$target/.stamp")" = "$stamp" ]; then
  echo "$target is up to date."
  exit 0
fi

publish() { # PROJECT OUTPUT
  say "Publishing $1"
  dotnet publish "$repository/src/$1" -c Release -r "$runtime" -o "$2" -v quiet -clp:NoSummary \
    -p:DebugType=none -p:CopyOutputSymbolsToPublishDirectory=false -p:PublishDocumentationFiles=false || fail "$1 does not build"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
publish AkkaFailover.Daemon "$work/daemon"
publish AkkaFailover.Guard "$work/guard"
publish AkkaFailover.Cli "$work/cli"

rm -rf "$target/bin" "$target/lib/akka-failover" "$target/.stamp"
mkdir -p "$target/bin" "$target/lib"
mv "$work/daemon" "$target/lib/akka-failover"
# The daemon looks for its guard beside itself.
install -m 755 "$work/guard/akka-failover-guard" "$target/lib/akka-failover/"
install -m 755 "$work/cli/failoverctl" "$target/bin/"
# The runtime takes the size of its nursery from the environment alone; two megabytes suit a daemon that idles.
cat >"$target/bin/akka-failover" <<'EOF'
#!/bin/sh
DOTNET_GCgen0size=0x200000 exec "$(dirname "$(readlink -f "$0")")/../lib/akka-failover/akka-failover" "$@"
EOF
chmod 755 "$target/bin/akka-failover"
install -D -m 644 "$repository/src/systemd/akka-failover.service" "$target/lib/systemd/system/akka-failover.service"
echo "$stamp" >"$target/.stamp"
say "Published to $target"
ls -lh "$target/bin/failoverctl" "$target/lib/akka-failover/akka-failover-guard"
