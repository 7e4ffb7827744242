#!/usr/bin/env bash
# bench.sh failover [--runs 20] [--peer-runs 5] [--without-peers] [--fault KEY…] [--interval 1s|200ms|10ms …] [--labs 4] [--loss-seconds 120]
#   [--json FILE] [--svg FILE] [--markdown FILE]: measures every fault with AkkaFailover, ucarp and keepalived, at three times between adverts;
#   the table in the terminal, every run in JSON, a plot in SVG, the README's table by --markdown README.md. Two to three hours with the defaults.
# bench.sh failover --from FILE… [--svg FILE] [--markdown FILE]: the same from what --json wrote, in one run or in several of one build, without measuring.
# bench.sh replica [--runs 3] [--seconds 5] [--clients N…] [--entries N…] [--files N] [--rows N] [--without-peers] [--json FILE]:
#   measures the replica beside etcd, rsync, lsyncd and SQLite's own copies.
# bench.sh vpn [--runs 5] [--peer-runs 2] [--without-peers] [--fault KEY…] [--variant udp-10-60|udp-1-3|tcp …] [--json FILE]:
#   measures what the clients of a VPN gateway see of each fault, beside ucarp and keepalived with the same OpenVPN server.
#   An hour with the defaults; columns whose clients wait for minutes are measured beside each other.
# bench.sh rounds [--rounds 30] [--seed N]: kills daemons and cuts the link under clients that write; nothing acknowledged may be lost.
# bench.sh soak [--minutes 60] [--interval 1s|200ms|100ms|10ms] [--busy N] [--heap MB] [--loss PERCENT] [--multicast-lost] [--deaths N] [--ordinary] [--keepalived]:
#   lets a pair do nothing for so long, with busy processes, a large replica or loss, then kills the active's host; a report each minute.
[ $# -gt 0 ] || set -- --help
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
require_sdk
case " $* " in " failover "*" --from "*) lab_tool "$@"; exit ;; esac
require_lab
case " $* " in *" --keepalived"*) require_packages keepalived ;; esac
case " $* " in " vpn "*) require_packages openvpn ;; esac
case " $* " in
  *" --without-peers "*) ;;
  " replica "*) require_packages etcd-server rsync lsyncd inotify-tools sqlite3 ;;
  " failover "* | " vpn "*) require_packages ucarp keepalived ;;
esac
"$repository/scripts/build.sh"
lab_tool "$@"
