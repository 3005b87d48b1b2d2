# Sensors that the kernel drives (IIO, hwmon), chips on simulated buses, GPIO lines; sourced by in-board.sh.
sensors=(sensors_are_listed sensors_join buffer_is_named_then_used sensors_return sensor_mistakes_are_named
  line_wakes_a_pipeline)
configfs=/sys/kernel/config
gpio=$configfs/gpio-sim/pins/bank0

bus() { basename "$(dirname "$(grep -l "^$1" /sys/bus/i2c/devices/i2c-*/name)")" | cut -d- -f2; }

# pull LINE up|down: what the outside does to a line.
pull() {
  echo "pull-$2" >"/sys/devices/platform/$(cat $configfs/gpio-sim/pins/dev_name)/$(cat $gpio/chip_name)/sim_gpio$1/pull"
}

plug_dummy() { mkdir "$configfs/iio/devices/dummy/$1"; }

plug_sensors() {
  local line stub registers address
  modprobe -a i2c-dev industrialio-{configfs,sw-device,sw-trigger} iio_dummy iio-trig-hrtimer gpio-sim
  mountpoint -q $configfs || mount -t configfs none $configfs
  plug_dummy direct
  plug_dummy buffered
  mkdir $configfs/iio/triggers/hrtimer/timer
  echo 20 >"$(dirname "$(grep -lx timer /sys/bus/iio/devices/trigger*/name)")/sampling_frequency"

  mkdir -p $gpio
  echo 8 >$gpio/num_lines
  echo pins >$gpio/label
  echo 1 >$configfs/gpio-sim/pins/live
  pull 3 up

  modprobe i2c-stub chip_addr=0x48
  stub=$(bus SMBus)
  i2cset -y "$stub" 0x48 0 0x8019 w
  echo lm75 0x48 >"/sys/bus/i2c/devices/i2c-$stub/new_device"

  # The chip of a test case, and one that is another than its address says.
  modprobe i2c-registers chips=0x76,0x77
  registers=$(bus registers)
  sed -n 's/^byte \(..\): /\1 /p' bme280.txt | while read -r address line; do
    i2ctransfer -y "$registers" "w$(($(wc -w <<<"$line") + 1))@0x76" "0x$address" $(sed 's/[0-9A-F][0-9A-F]/0x&/g' <<<"$line")
  done
  i2ctransfer -y "$registers" w2@0x77 0xd0 0x58

  modprobe spi-mcp3008 steps=0,0,512
  udevadm settle
}

# The sensors of pipeline `room`, and what its scores must be: values of the drivers' and the test case's sources, through
# `mean` and `std`. The dummy's acceleration is 34; lm75 holds 0x1980, 25.5 °C; steps of 3.3 V / 1024.
room() {
  cat <<YAML
kind: sensors, rate_hz: 10, sensors: [
      { kind: iio, device: direct, channels: [{ name: accel_x, std: 100 }] },
      { kind: hwmon, device: lm75, channels: [{ name: temp1, std: 100 }] },
      { kind: i2c, chip: bme280, bus: $(bus registers), address: 0x76, channels: [
        { name: temp, std: 100 }, { name: pressure, mean: 100, std: 10 }, { name: humidityrelative, std: 100 }] },
      { kind: spi, chip: mcp3008, channels: [{ name: voltage2, std: 10 }] },
      { kind: gpio, chip: hc-sr501, gpio: pins, line: 3, channels: [motion] }]
YAML
}
room_scores='accel=3400 humidity=3713 lm75=2550 motion=10000 pressure=653 temp=2508 volts=1650'

check_sensors_are_listed() {
  local listed
  plug_sensors
  listed=$(in_sandbox devices)
  echo "$listed"
  contains "$listed" '^iio +direct accel_x .* 34'
  contains "$listed" '^iio +buffered buffer +/dev/iio:device1 .*buffer is off'
  contains "$listed" '^sensor +lm75 temp1 .* 25.5 °C'
  contains "$listed" "^i2c +SMBus .*0x48 lm75 \\(driver lm75\\)"
  contains "$listed" '^i2c +registers +/dev/i2c-[0-9]+'
  contains "$listed" '^spi +spidev0.0 +/dev/spidev0.0'
  contains "$listed" '^gpio .* label pins, 8 lines'
  contains "$listed" 'no permission is missing'
}

check_sensors_join() { # each value comes through driver, unit, clock, normalisation and model
  {
    averages room 'accel, lm75, temp, pressure, humidity, volts, motion' 9 "$(room)"
    averages moves 'accel' 20 'kind: sensors, rate_hz: 20, sensors: [{ kind: iio, device: buffered, buffer: true,
      trigger: timer, channels: [{ name: accel_x, std: 1000 }] }]'
    averages woken 'accel' 5 'kind: sensors, rate_hz: 10, trigger: { gpio: pins, line: 5, hold_s: 10 }, sensors: [
      { kind: iio, device: direct, channels: [{ name: accel_x, std: 100 }] }]'
  } | configure
  systemctl start edgeconv
  messages room/result 3 240 >/tmp/room.json
  equal "$room_scores" "$(tail -n 1 /tmp/room.json | scores)"
}

check_buffer_is_named_then_used() { # by the unit that README gives for a /sys that is read-only
  local unit=/etc/systemd/system/buffered.service device last behind
  wait_for moves waiting 'its buffer is off, and /sys is read-only here (EROFS)' 120
  device=$(dirname "$(grep -lx buffered /sys/bus/iio/devices/*/name)")
  echo timer >"$device/trigger/current_trigger"
  sed -n '/^\[Unit\]/,/^WantedBy/p' README.md | sed 's/bmi160/buffered/' >$unit
  systemctl daemon-reload
  systemctl start buffered
  equal 1 "$(cat "$device/buffer0/in_timestamp_en")"
  messages moves/result 5 120 >/tmp/moves.json
  equal 'accel=3440' "$(tail -n 1 /tmp/moves.json | scores)"
  last=$(tail -n 1 /tmp/moves.json)
  behind=$(($(date +%s%3N) - $(date -d "$(jq -r .ts <<<"$last")" +%s%3N)))
  echo "$behind ms after the kernel's timestamp"
  [ $behind -gt 0 ] && [ $behind -lt 10000 ]
}

# told TEXT: how often the journal tells it.
told() { journalctl -u edgeconv --no-pager -o cat | grep -c "$1" || true; }

gone_and_back() { # gone_and_back NAME AWAY BACK: commands; the sensor is named once, its values return, nothing is left open
  local before open
  before=$(told "room: $1")
  open=$(open_files)
  eval "$2"
  wait_for room waiting "$1" 120
  sleep 5
  eval "$3"
  wait_for room running '' 120 >/dev/null
  equal "$room_scores" "$(messages room/result 1 120 | scores)"
  equal $((before + 1)) "$(told "room: $1")"
  echo "files of $1: $open before, $(open_files) after"
  [ "$(open_files)" -le "$open" ]
}

check_sensors_return() {
  local lm75
  lm75=$(basename "$(readlink -f /sys/bus/i2c/drivers/lm75/*-0048)")
  gone_and_back lm75 "echo $lm75 >/sys/bus/i2c/drivers/lm75/unbind" "echo $lm75 >/sys/bus/i2c/drivers/lm75/bind"
  gone_and_back direct "rmdir $configfs/iio/devices/dummy/direct" 'plug_dummy direct'
  gone_and_back bme280 'echo 0x77 >/sys/module/i2c_registers/parameters/chips' \
    'echo 0x76,0x77 >/sys/module/i2c_registers/parameters/chips'
}

check_sensor_mistakes_are_named() {
  local text mistake count=0
  {
    printf 'pipelines:\n'
    for mistake in "bme280, bus: $(bus registers), address: 0x77" 'bme280, bus: 99' "ads1115, bus: $(bus SMBus)" \
      "sht4x, bus: $(bus registers)"; do
      averages "wrong-$((count += 1))" x 5 "kind: sensors, rate_hz: 1, sensors: [{ kind: i2c, chip: $mistake }]"
    done
  } >/etc/edgeconv/wrong.yaml
  text=$(in_sandbox check /etc/edgeconv/wrong.yaml) && return 1
  contains "$text" "bme280 at 0x77 .*: another chip is there: register 0xd0 tells 0x58; a bme280 has 0x60; 0x58 is a bmp280"
  contains "$text" '/dev/i2c-99 is not there'
  contains "$text" 'address 0x48 .* is driven by the kernel \(lm75\); kind: iio, or hwmon, with device: lm75 would be right'
  contains "$text" 'sht4x at 0x44 .*: no device acknowledges \(ENXIO\)'
}

check_line_wakes_a_pipeline() {
  equal '' "$(messages woken/result 1 8 || true)"
  pull 5 up
  equal 'accel=3400' "$(messages woken/result 3 60 | tail -n 1 | scores)"
}
