#!/usr/bin/env bash
# Runs inside the board as root: the daemon under its own unit, a broker, and the kernel's simulated devices. One function a
# check, in groups below checks/, logged to log.txt in the shared folder; results.txt gets a line each, and `end`. Before the
# last group the board is rebooted, and this runs again.
set -euo pipefail
cd "$(dirname "$0")"
export SYSTEMD_COLORS=0
base=edgeconv/board boot_before=/var/lib/board-boot
. ./tools.sh
for file in checks/*.sh; do . "$file"; done

check() { # check NAME: runs check_NAME in a strict subshell
  local status=0 from
  from=$(cut -d' ' -f1 /proc/uptime)
  echo "=== $1" >>log.txt
  set +e
  (set -euo pipefail; "check_$1") >>log.txt 2>&1
  status=$?
  set -e
  [ $status = 0 ] || journalctl -u edgeconv -u sandbox -n 30 --no-pager -o short-monotonic >>log.txt
  echo "$([ $status = 0 ] && echo ok || echo FAIL) $1 $from..$(cut -d' ' -f1 /proc/uptime) s" | tee -a results.txt
}

# As README says it, but for the models.
install_edgeconv() {
  install -D -t /usr/lib/edgeconv edgeconv libSkiaSharp.so
  ln -s /usr/lib/edgeconv/edgeconv /usr/bin/edgeconv
  install -D -m 644 edgeconv.service -t /etc/systemd/system
  install -D -m 644 edgeconv.sysusers.conf /usr/lib/sysusers.d/edgeconv.conf
  systemd-sysusers
  install -D -m 644 60-edgeconv.rules -t /usr/lib/udev/rules.d
  install -D -m 644 -t /usr/share/edgeconv fashion-s.onnx fashion-s.ecfp labels.txt
  mkdir -p /etc/edgeconv /etc/credstore
  : >/etc/credstore/mqtt-password
  echo 'options vivid n_devs=7 node_types=0x1,0x1,0x1,0x1,0x1,0x1,0x1' >/etc/modprobe.d/board.conf
  # On a busy host emulated processors stand still for longer than the watchdog waits.
  override emulated 'WatchdogSec=600' 'TimeoutStartSec=300' 'TimeoutStopSec=120'
  udevadm control --reload
  udevadm trigger --settle
}

run_group() { # run_group NAME: where it is among those that were asked for
  local -n checks=$1
  local name
  grep -qw "$1" groups.txt || return 0
  for name in "${checks[@]}"; do check "$name"; done
}

if [ ! -e "$boot_before" ]; then
  install_edgeconv
  for group in service cameras sensors streams; do run_group $group; done
  prepare_reboot
  # Tells board.service that the run is not over.
  touch /run/board-reboots
  systemctl --no-block reboot
else
  run_group reboot
  systemctl --failed --plain --no-pager >>log.txt
  echo end >>results.txt
fi
sync
