# The unit and systemd; sourced by in-board.sh. The service starts before any device is there.
service=(unit_is_understood active_only_when_ready plugged_in_after_start watchdog_bites)
reboot=(returns_after_reboot journal_is_clean)

check_unit_is_understood() { # verify exits 0 on a key that it does not know
  equal '' "$(systemd-analyze verify /etc/systemd/system/edgeconv.service 2>&1)"
  systemd-analyze security --no-pager edgeconv | tail -n 1
  systemd-analyze security --no-pager --threshold=16 edgeconv >/dev/null
}

check_active_only_when_ready() { # a program that is stopped before it says so keeps the unit from being active
  classifies auto "kind: camera, device: vivid-005-vid-cap, rate_hz: 2" | configure
  systemctl start --no-block edgeconv
  until [ "$(property MainPID)" != 0 ]; do sleep 0.1; done
  kill -STOP "$(property MainPID)"
  sleep 12
  equal activating "$(property ActiveState)"
  kill -CONT "$(property MainPID)"
  timeout 240 bash -c 'until systemctl is-active --quiet edgeconv; do sleep 1; done'
}

check_plugged_in_after_start() { # no driver of a camera was loaded when the service began
  equal '' "$(lsmod | grep '^vivid' || true)"
  wait_for auto waiting 'vivid-005-vid-cap' 120
  modprobe vivid
  messages auto/result 10 240 >/tmp/auto.json
  equal 10 "$(jq -r .seq /tmp/auto.json | uniq | wc -l)"
  jq -r .seq /tmp/auto.json | sort -nC
}

check_watchdog_bites() { # it is fed for longer than it waits; a program that stands still is killed and started again
  local process
  override watchdog WatchdogSec=20 TimeoutAbortSec=5
  systemctl restart edgeconv
  process=$(property MainPID)
  sleep 30
  equal "$process active" "$(property MainPID) $(property ActiveState)"
  kill -STOP "$process"
  timeout 180 bash -c "while [ -e /proc/$process ]; do sleep 1; done"
  messages auto/result 3 240
  journalctl -u edgeconv --no-pager -o cat | grep 'Watchdog timeout'
  equal 1 "$(property NRestarts)"
  rm /etc/systemd/system/edgeconv.service.d/watchdog.conf
  systemctl daemon-reload
}

prepare_reboot() {
  echo vivid >/etc/modules-load.d/board.conf
  classifies auto "kind: camera, device: vivid-005-vid-cap, rate_hz: 2" | configure
  systemctl stop edgeconv
  systemctl enable edgeconv
  cp /proc/sys/kernel/random/boot_id "$boot_before"
}

check_returns_after_reboot() {
  [ "$(cat /proc/sys/kernel/random/boot_id)" != "$(cat "$boot_before")" ]
  messages auto/result 5 300
  equal 'active 0' "$(property ActiveState) $(property NRestarts)"
  messages status 1 10 | grep -x online
}

# What the checks provoke of warnings, and nothing else. A node below /dev is root's for a moment until udev has seen it; on a busy
# host the timer of a buffer stands still. Test pictures are nothing that the fashion model knows, which a slow board has time to say.
provoked=(
  'vivid-00.-vid-cap: (no such camera|is unplugged|permission missing|its driver reports|a frame was damaged)'
  'pipeline busy: vivid-006-vid-cap: cannot take .*: .* uses the camera'
  'pipeline (room|woken): (lm75|direct): (no such|is gone)'
  'pipeline room: bme280.*: cannot be read: no device acknowledges'
  'pipeline moves: .*buffered: (its buffer is off|buffered accel_x has no value)'
  'pipeline [a-z0-9]+: input has drifted'
  'pipeline porch: video:http://127.0.0.1:8081/: '
  'Watchdog timeout|Main process exited|Failed with result .watchdog'
)

check_journal_is_clean() {
  local warnings kernel
  warnings=$(journalctl -u edgeconv -p warning --no-pager -o cat)
  contains "$warnings" 'vivid-005-vid-cap: (no such camera|is unplugged)'
  equal '' "$(grep -vE "$(IFS='|'; echo "${provoked[*]}")" <<<"$warnings" || true)"
  kernel=$(journalctl -k --no-pager -o cat; journalctl _TRANSPORT=audit --no-pager -o cat)
  equal '' "$(grep -E 'type=1326|^SECCOMP |avc: |Call trace|WARNING: |BUG: |Oops|segfault|hung task' <<<"$kernel" || true)"
}
