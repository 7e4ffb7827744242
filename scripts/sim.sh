#!/usr/bin/env bash
# sim.sh [--seeds N] [--seed S] [--unlike]: the pair in virtual time under random faults, with unlike or fast timings where asked. Exit code 1 where an invariant
# was broken; the story follows, and sim.sh --seed S tells it again.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
dotnet build "$repository/tests/AkkaFailover.Simulation" -c Release -v quiet -clp:NoSummary >&2 || fail "the simulation does not build"
# All that a schedule allocates is garbage a moment later: the fewer collections, the less its threads wait for each other.
DOTNET_GCgen0size=0x4000000 exec dotnet "$repository/tests/AkkaFailover.Simulation/bin/Release/net10.0/failover-sim.dll" "$@"
