# Cameras of the kernel's vivid driver; sourced by in-board.sh.
formats=(yuyv uyvy nv12 grey rgb24)
cameras=(cameras_are_listed every_camera_opens camera_mistakes_are_named cameras_publish formats_agree rate_is_kept
  busy_camera_is_waited_for unplugged_camera_returns damaged_frames_are_counted twenty_unplugs_leave_nothing_open
  vanished_devices_return stop_is_clean frames_through_a_pipe)

check_cameras_are_listed() {
  local listed
  udevadm settle
  v4l2-ctl -d /dev/video5 --list-ctrls
  listed=$(in_sandbox devices | tee -a log.txt | grep '^video ')
  equal 7 "$(grep -c 'vivid-00[0-6]-vid-cap' <<<"$listed")"
  equal 7 "$(grep -c 'yuyv .*640x360 ' <<<"$listed")"
}

check_every_camera_opens() { # and gives a frame
  local i
  systemctl stop edgeconv
  {
    for i in "${!formats[@]}"; do
      classifies "${formats[i]}" \
        "kind: camera, device: vivid-00$i-vid-cap, format: ${formats[i]}, rate_hz: 1, width: 320, height: 180"
    done
    classifies auto "kind: camera, device: vivid-005-vid-cap, rate_hz: 2"
    classifies busy "kind: camera, device: vivid-006-vid-cap, rate_hz: 1"
  } | configure
  in_sandbox check /etc/edgeconv/edgeconv.yaml
}

check_camera_mistakes_are_named() {
  local text
  {
    printf 'pipelines:\n'
    classifies a "kind: camera, device: /dev/v4l/by-id/usb-none"
    classifies b "kind: camera, device: vivid-000-vid-cap, format: mjpg"
  } >/etc/edgeconv/wrong.yaml
  text=$(in_sandbox check /etc/edgeconv/wrong.yaml) && return 1
  contains "$text" '/dev/v4l/by-id/usb-none: no such camera is there; there are .*vivid-000-vid-cap'
  contains "$text" "vivid-000-vid-cap: does not give mjpg; it gives .*yuyv"
}

check_cameras_publish() { # a camera that another program uses among them
  v4l2-ctl -d /dev/video6 --set-fmt-video=width=640,height=360,pixelformat=YUYV --stream-mmap --stream-count=0 \
    >/dev/null 2>&1 &
  echo $! >/tmp/busy.pid
  systemctl start edgeconv
  messages auto/result 10 240 >/tmp/auto.json
  equal 10 "$(jq -r .seq /tmp/auto.json | uniq | wc -l)"
  jq -r .seq /tmp/auto.json | sort -nC
}

check_formats_agree() { # the same picture in each format is the same class to the model
  local format labels=()
  for format in "${formats[@]}"; do
    messages "$format/result" 2 120 | tail -n 1 >"/tmp/$format.json"
    jq -c '[.pipeline, .label, .score, .gate.p]' "/tmp/$format.json"
    labels+=("$(jq -r .label "/tmp/$format.json")")
  done
  equal 1 "$(printf '%s\n' "${labels[@]}" | sort -u | wc -l)"
}

check_rate_is_kept() { # 2 a second were asked for; an emulated board may be too slow for that, never faster
  local from to
  messages auto/result 21 240 >/tmp/rate.json
  from=$(date -d "$(head -n 1 /tmp/rate.json | jq -r .ts)" +%s%3N)
  to=$(date -d "$(tail -n 1 /tmp/rate.json | jq -r .ts)" +%s%3N)
  echo "20 intervals in $((to - from)) ms"
  [ $((to - from)) -gt 8500 ] && [ $((to - from)) -lt 60000 ]
}

check_busy_camera_is_waited_for() {
  wait_for busy waiting 'another program uses the camera' 120
  kill "$(cat /tmp/busy.pid)"
  messages busy/result 2 240
}

# vivid takes a camera away when its control says so, and brings it back when nobody has it open any more.
unplug() { v4l2-ctl -d /dev/video5 -c disconnect=1; }

check_unplugged_camera_returns() { # it may be back before anybody can ask: so its health is followed
  follow auto/health /tmp/unplugged.json
  unplug
  messages auto/result 5 240
  stop_following
  cat /tmp/unplugged.json
  jq -es 'any(.state == "waiting" and (.problem // "" | contains("is unplugged")))' /tmp/unplugged.json
  wait_for auto running '' 120
}

check_damaged_frames_are_counted() {
  local before after turn
  before=$(messages auto/health 1 60 | jq .bad_samples)
  for turn in 1 2 3; do v4l2-ctl -d /dev/video5 -c inject_v4l2_buf_flag_error=1; sleep 1; done
  messages auto/result 3 120 >/dev/null
  sleep 15
  after=$(messages auto/health 1 60)
  echo "$before before: $after"
  [ "$(jq .bad_samples <<<"$after")" -gt "$before" ]
  equal running "$(jq -r .state <<<"$after")"
}

check_twenty_unplugs_leave_nothing_open() {
  local process before after turn
  process=$(property MainPID)
  before=$(open_files)
  for turn in $(seq 20); do
    unplug
    messages auto/result 2 240 >/dev/null
  done
  after=$(open_files)
  echo "descriptors: $before before, $after after; mapped buffers: $(grep -c /dev/video "/proc/$process/maps")"
  [ "$after" -le "$before" ]
  [ "$(grep -c /dev/video5 "/proc/$process/maps")" -le 4 ]
}

check_vanished_devices_return() { # all nodes below /dev are gone, then there are new ones
  echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind
  wait_for auto waiting 'unplugged' 120
  ls /dev/video* && return 1
  sleep 5
  echo vivid.0 >/sys/bus/platform/drivers/vivid/bind
  udevadm settle
  messages auto/result 5 240
  messages yuyv/result 2 240
}

check_stop_is_clean() {
  systemctl stop edgeconv
  equal success "$(property Result)"
  journalctl -u edgeconv --no-pager -o cat | tail -n 60
}

check_frames_through_a_pipe() { # as rpicam-vid writes them
  {
    printf 'node: pipe\nmqtt: { host: 127.0.0.1 }\npipelines:\n'
    classifies pipe 'kind: stdin, format: yuv420, width: 640, height: 360'
  } >/tmp/pipe.yaml
  v4l2-ctl -d /dev/video0 --set-fmt-video=width=640,height=360,pixelformat=YU12 --stream-mmap --stream-count=30 \
    --stream-to=- 2>/dev/null | edgeconv run --config /tmp/pipe.yaml &
  mosquitto_sub -h 127.0.0.1 -t edgeconv/pipe/pipe/result -C 5 -W 240
  wait
}
