#!/usr/bin/env bash
# chaos.sh [--faults N | --minutes M] [--seed S] [--fault KEY…] [--json FILE]: random faults, each kind once by default, one after the other and two at once
# now and then, against a pair under clients that write, with an auditor beside it. Exit code 1 where a promise was broken; the story follows.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
require_lab
"$repository/scripts/build.sh"
lab_tool chaos "$@"
