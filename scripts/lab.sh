#!/usr/bin/env bash
# lab.sh up | status | exec HOST COMMAND… | break HOST FAULT | restore | probe | audit | down: the network lab by hand.
[ $# -gt 0 ] || set -- --help
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
require_lab
lab_tool "$@"
