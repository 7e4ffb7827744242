#!/usr/bin/env bash
# demo.sh [--keep]: a real failover to watch, on a fresh Debian machine with the .NET 10 SDK: installs what it needs, builds, and runs a VPN
# gateway on two nodes, two VPN clients, a router and a switch as network namespaces. --keep leaves them running at the end.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
require_lab
require_packages openvpn
"$repository/scripts/build.sh"
lab_tool demo "$@"
