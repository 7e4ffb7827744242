#!/usr/bin/env bash
# bench.sh table [--runs 20] [--peers [--peer-runs 5]] [--fault KEY…] [--json FILE]: measures the table of faults here.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
require_lab
case " $* " in *" --peers"*) require_packages ucarp keepalived ;; esac
"$repository/scripts/build.sh"
lab_tool "$@"
