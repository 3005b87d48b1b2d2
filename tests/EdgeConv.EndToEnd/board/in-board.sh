#!/usr/bin/env bash
# Runs inside the board as root: the daemon under its own unit, a broker, and the kernel's simulated devices. One function a
# check, in groups below checks/, logged to log.txt in the shared folder; results.txt gets a line each and ends with
# `N passed, N failed`. Half way the board is rebooted, and this runs again.
set -euo pipefail
cd "$(dirname "$0")"
export SYSTEMD_COLORS=0
base=edgeconv/board kept=/var/lib/board passed=0 failed=0
. ./tools.sh
for group in checks/*.sh; do . "$group"; done

check() { # check NAME: runs check_NAME in a strict subshell
  local status=0 from
  from=$(cut -d' ' -f1 /proc/uptime)
  echo "=== $1" >>log.txt
  set +e
  (set -euo pipefail; "check_$1") >>log.txt 2>&1
  status=$?
  set -e
  if [ $status = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
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
  # On a busy host emulated processors stand still for longer than the watchdog waits.
  override emulated 'WatchdogSec=600' 'TimeoutStartSec=300' 'TimeoutStopSec=120'
  udevadm control --reload
}

before_reboot() {
  : >results.txt
  : >log.txt
  mkdir -p "$kept"
  install_edgeconv
  for name in "${service[@]}" "${cameras[@]}" "${sensors[@]}" "${streams[@]}"; do check "$name"; done
  prepare_reboot
  echo "$passed $failed" >"$kept/counts"
  # Tells board.service that the run is not over.
  touch /run/board-reboots
  systemctl --no-block reboot
}

after_reboot() {
  read -r passed failed <"$kept/counts"
  for name in "${reboot[@]}"; do check "$name"; done
  systemctl --failed --plain --no-pager >>log.txt
  echo "$passed passed, $failed failed" | tee -a results.txt
}

if [ -e "$kept/counts" ]; then after_reboot; else before_reboot; fi
sync
