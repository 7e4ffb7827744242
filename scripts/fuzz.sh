#!/usr/bin/env bash
# fuzz.sh [--inputs N] [--target T] [--seed S]: damaged inputs for every decoder of bytes from outside, on all cores. Exit code 1 where one threw, hung,
# leaked or allocated without measure; its input follows, and fuzz.sh --target T --seed S tries it again.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
dotnet build "$repository/tests/AkkaFailover.Fuzz" -c Release -v quiet -clp:NoSummary >&2 || fail "the fuzzer does not build"
exec dotnet "$repository/tests/AkkaFailover.Fuzz/bin/Release/net10.0/failover-fuzz.dll" "$@"
