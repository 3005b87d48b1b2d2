# Pictures decoded by ffmpeg, windows that others publish; sourced by in-board.sh.
streams=(video_file_is_read pictures_are_shown network_camera_is_watched messages_are_worked_on)
clip=/usr/share/edgeconv/clip.avi

check_video_file_is_read() {
  ffmpeg -v error -y -f lavfi -i testsrc=size=160x120:rate=5:duration=20 -c:v mjpeg -pix_fmt yuvj420p $clip
  systemctl stop edgeconv
  {
    classifies film "kind: video, url: $clip, rate_hz: 1, loop: true"
    echo '    snapshot: { interval_s: 1 }'
    classifies porch 'kind: video, url: "http://127.0.0.1:8081/", rate_hz: 1'
    averages windows 'x, y' 4 'kind: mqtt, topic: windows/+/in, format: json, rate_hz: 1'
  } | configure 'preview: { port: 9466 }'
  systemctl start edgeconv
  messages film/result 5 240 >/tmp/film.json
  equal 5 "$(jq -r .seq /tmp/film.json | uniq | wc -l)"
}

check_pictures_are_shown() { # as a player sees them, and as the broker keeps them; enlarged
  timeout 240 ffmpeg -v error -y -i http://localhost:9466/film -frames:v 2 /tmp/film-%d.jpg
  messages film/snapshot 1 240 >/tmp/film-3.jpg
  local number
  for number in 1 2 3; do
    equal 224 "$(ffprobe -v error -show_entries stream=width -of csv=p=0 /tmp/film-$number.jpg)"
  done
}

# One client is served at a time, and the server is begun anew after each.
serve_clip() {
  while true; do
    ffmpeg -v error -re -stream_loop -1 -i $clip -c copy -f mpjpeg -listen 1 http://127.0.0.1:8081/ || sleep 1
  done
}

check_network_camera_is_watched() { # it is refused, then there, then gone, then there again
  local server
  wait_for porch waiting '' 120
  serve_clip >/dev/null 2>&1 &
  server=$!
  messages porch/result 3 240
  kill $server $(pgrep -P $server)
  wait_for porch waiting '' 120
  serve_clip >/dev/null 2>&1 &
  server=$!
  messages porch/result 3 240
  kill $server $(pgrep -P $server)
}

check_messages_are_worked_on() {
  mosquitto_sub -h 127.0.0.1 -t $base/windows/result -C 1 -W 60 >/tmp/windows.json &
  sleep 2
  mosquitto_pub -h 127.0.0.1 -q 1 -t windows/a/in -m '[[0.1, 0.5], [0.2, 0.5], [0.3, 0.5], [0.4, 0.5]]'
  wait $!
  equal 'x=2500 y=5000' "$(scores </tmp/windows.json)"
  equal windows/a/in "$(jq -r .origin /tmp/windows.json)"
  systemctl stop edgeconv
}
