# What the groups of checks have in common; sourced by in-board.sh.

equal() { [ "$1" = "$2" ] || { echo "expected '$1', got '$2'"; return 1; }; }

# contains TEXT PATTERN: fails with the text when no line of it matches.
contains() { grep -qE -- "$2" <<<"$1" || { echo "no '$2' in: $1"; return 1; }; }

# messages TOPIC COUNT SECONDS: so many of a topic, a line each; fails when they do not come.
messages() { mosquitto_sub -h 127.0.0.1 -t "$base/$1" -C "$2" -W "$3"; }

# follow RETAINED_TOPIC FILE: writes what comes until stop_following; returns when the retained message is there.
follow() {
  mosquitto_sub -h 127.0.0.1 -t "$base/$1" -W 900 >"$2" &
  follower=$!
  local until=$((SECONDS + 60))
  until [ -s "$2" ]; do [ $SECONDS -lt $until ] || return 1; sleep 0.1; done
}

stop_following() { kill "$follower"; wait "$follower" || true; }

# wait_for PIPELINE STATE TEXT SECONDS: until its health says both; prints it.
wait_for() {
  local until=$((SECONDS + $4)) health
  while [ $SECONDS -lt $until ]; do
    health=$(messages "$1/health" 1 5 || true)
    if [ "$(jq -r .state <<<"$health")" = "$2" ] && grep -qF -- "$3" <<<"$health"; then echo "$health"; return; fi
    sleep 1
  done
  echo "health of $1 is not $2 with '$3' but: $health"
  return 1
}

# property NAME: of the unit, as systemd shows it.
property() { systemctl show -P "$1" edgeconv; }

# open_files: how many the daemon has open.
open_files() { ls "/proc/$(property MainPID)/fd" | wc -l; }

# override NAME LINE ...: a drop-in of the unit's service.
override() {
  local folder=/etc/systemd/system/edgeconv.service.d
  mkdir -p $folder
  printf '[Service]\n' >"$folder/$1.conf"
  printf '%s\n' "${@:2}" >>"$folder/$1.conf"
  systemctl daemon-reload
}

# configure [SECTION] < PIPELINES: the configuration file.
configure() { { printf 'node: board\nmqtt: { host: 127.0.0.1 }\n%s\npipelines:\n' "${1-}"; cat; } >/etc/edgeconv/edgeconv.yaml; }

# classifies NAME SOURCE: a pipeline of the configuration that looks at pictures.
classifies() {
  cat <<YAML
  - name: $1
    source: { $2 }
    models: [{ path: /usr/share/edgeconv/fashion-s.onnx, fingerprint: /usr/share/edgeconv/fashion-s.ecfp }]
    preprocess: { antialias: false, rounding: none, mean: [72.93], std: [90.015] }
    decode: { kind: classification, labels_file: /usr/share/edgeconv/labels.txt }
YAML
}

# averages NAME LABELS INSTANTS SOURCE: a pipeline whose scores are its channels' means over a window.
averages() {
  local count
  count=$(wc -w <<<"${2//,/ }")
  means "$count" "$3" >"/usr/share/edgeconv/means-$count-$3.onnx"
  cat <<YAML
  - name: $1
    source: { $4 }
    models: [{ path: /usr/share/edgeconv/means-$count-$3.onnx }]
    decode: { labels: [$2], top: $count, softmax: false }
YAML
}

# scores < RESULT: its labels with their scores times 10,000, in the order of labels.
scores() { jq -r '[.top[] | "\(.label)=\(.score * 10000 | round)"] | sort | join(" ")'; }

# means CHANNELS INSTANTS: a model of one GlobalAveragePool, as the bytes of its file; field numbers of onnx.proto.
means() {
  local LC_ALL=C
  printf '\x08\x08'
  field 7 "$(field 1 "$(field 1 x; field 2 y; field 4 GlobalAveragePool)"; field 2 means
    field 11 "$(tensor x 1 "$1" "$2")"; field 12 "$(tensor y 1 "$1" 1)")"
  field 8 "$(printf '\x10\x0d')"
}

# field NUMBER BYTES: shorter than 128, without a zero, and not ending in a 10, which bash would drop.
field() { printf '\x'"$(printf %02x $(($1 << 3 | 2)))"'\x'"$(printf %02x ${#2})"%s "$2"; }

tensor() { # tensor NAME EXTENT ...: of float32
  local extent
  field 1 "$1"
  field 2 "$(field 1 "$(printf '\x08\x01'
    field 2 "$(for extent in "${@:2}"; do field 1 "$(printf '\x08\x'"$(printf %02x "$extent")")"; done)")")"
}

# in_sandbox ARGUMENT ...: what the program prints when it is run as the unit runs it.
in_sandbox() {
  local status=0
  {
    sed -e "s|^ExecStart=.*|ExecStart=/usr/bin/edgeconv $*|" -e 's/^Type=.*/Type=oneshot/' \
      -e '/^\(Restart\|Watchdog\|NotifyAccess\|ExecReload\)/d' -e '/^\[Install\]/,$d' /etc/systemd/system/edgeconv.service
    printf 'StandardOutput=truncate:/run/sandbox.txt\nStandardError=inherit\nTimeoutStartSec=300\n'
  } >/run/systemd/system/sandbox.service
  systemctl daemon-reload
  systemctl start sandbox || status=$?
  cat /run/sandbox.txt
  return $status
}
