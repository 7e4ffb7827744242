#!/usr/bin/env bash
# demo.sh [--keep]: a real failover to watch, on a fresh Debian machine with the .NET 10 SDK: installs what it needs, builds,
# and runs two nodes, two clients, a router and a switch as network namespaces. --keep leaves them running at the end.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
require_lab
"$repository/scripts/build.sh"
lab_tool demo "$@"
