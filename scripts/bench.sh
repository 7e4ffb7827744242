#!/usr/bin/env bash
# bench.sh table [--runs 20] [--peers [--peer-runs 5]] [--fault KEY…] [--advbase 1|0] [--json FILE]: measures the table of faults here.
# bench.sh replica [--runs 3] [--seconds 5] [--clients N…] [--entries N…] [--files N] [--rows N] [--without-peers] [--json FILE]:
#   measures the replica beside etcd, rsync, lsyncd and SQLite's own copies.
# bench.sh vpn [--runs 5] [--peer-runs 2] [--without-peers] [--fault KEY…] [--variant udp-10-60|udp-1-3|tcp …] [--json FILE]:
#   measures what the clients of a VPN gateway see of each fault, beside ucarp and keepalived with the same OpenVPN server.
#   An hour with the defaults; columns whose clients wait for minutes are measured beside each other.
# bench.sh rounds [--rounds 30] [--seed N]: kills daemons and cuts the link under clients that write; nothing acknowledged may be lost.
# bench.sh soak [--minutes 60]: lets a pair do nothing for so long, then kills the active's host; memory each five minutes.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
require_lab
case " $* " in *" --peers"*) require_packages ucarp keepalived ;; esac
case " $* " in " vpn "*) require_packages openvpn ;; esac
case " $* " in
  *" --without-peers "*) ;;
  " replica "*) require_packages etcd-server rsync lsyncd inotify-tools sqlite3 ;;
  " vpn "*) require_packages ucarp keepalived ;;
esac
"$repository/scripts/build.sh"
lab_tool "$@"
