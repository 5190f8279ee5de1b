package main

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/summary"
	"hillock/hw/qemupi"
)

// The models of the chip and hillock's driver have one author: compare both with the kernel's driver and with libgpiod.
func TestPiWitnesses(t *testing.T) {
	folder := qemupi.ForTest(t)
	if _, err := folder.Witness(); err != nil {
		t.Skip("SKIPPED: on an emulated Pi, beside the kernel's driver and libgpiod:", err)
	}
	bootParts(t, qemupi.Guest{Board: qemupi.Boards()[0], Tree: qemupi.NamedChips, Witness: true}, []piPart{
		{"the kernel's driver reads the same codes", kernelsDriver, sameCodes},
		{"libgpiod sees the pulses", seenByLibgpiod, samePulses},
	})
}

const witnessed = "0 1 2 3 4 7 8 31 64 127 255 256 409 438 511 512 513 640 767 1000 1021 1022 1023"

// The device tree names the chip: the kernel's driver takes it, and then spidev.
var kernelsDriver = piConfig("difference", "driver = \"mcp3008\"\ndifferential = [0, 1]", "") + `
insmod /modules/industrialio.ko; insmod /modules/mcp320x.ko
device=/sys/bus/spi/devices/spi0.0 codes="` + witnessed + `"
iio=$(echo $device/iio:device*); echo "driver $(cat $iio/name)"
for code in $codes; do knob $code; echo "kernel $code $(cat $iio/in_voltage0_raw)"; done
reg 4 123; knob 456; echo "kernel difference $(cat $iio/in_voltage0-voltage1_raw)"
echo spi0.0 >$device/driver/unbind; echo spidev >$device/driver_override; echo spi0.0 >/sys/bus/spi/drivers/spidev/bind
chgrp spi /dev/spidev0.0; chmod 660 /dev/spidev0.0
reads() { name=$1; shift; run --duration 20ms "$@"; echo "hillock $name $(tr -d '\n' </tmp/summary)"; }
for code in $codes; do knob $code; reads $code; done
knob 456; reads difference /tmp/difference.toml; reg 4 0`

func sameCodes(t *testing.T, g *guest) {
	if want := "driver mcp3008\n"; !strings.Contains(g.Output, want) {
		t.Errorf("got no %q", want)
	}
	want := map[string]string{"difference": "333"}
	for _, code := range strings.Fields(witnessed) {
		want[code] = code
	}
	kernel, hillock := map[string]string{}, map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^kernel (\S+) (\d+)$`).FindAllStringSubmatch(g.Output, -1) {
		kernel[m[1]] = m[2]
	}
	for _, m := range regexp.MustCompile(`(?m)^hillock (\S+) (.*)$`).FindAllStringSubmatch(g.Output, -1) {
		var s summary.Figures
		if err := json.Unmarshal([]byte(m[2]), &s); err != nil {
			t.Fatal(err)
		}
		hillock[m[1]] = fmt.Sprint(math.Round(s.Neurons[0].CurrentNA / 5 * 1023))
	}
	if diff := cmp.Diff(want, kernel); diff != "" {
		t.Errorf("codes of the kernel's driver (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, hillock); diff != "" {
		t.Errorf("codes of hillock (-want +got):\n%s", diff)
	}
}

const seenByLibgpiod = `
back 27 17; knob 438
gpiomon -c gpiochip0 -e both 27 >/tmp/edges & monitor=$!
start --duration 1s; sleep 0.5; gpioinfo -c gpiochip0 17; wait $pid; status=$?
kill $monitor; wait $monitor
cat /tmp/edges
cp /tmp/summary /tmp/kept; start --set output.led.width=60s; sleep 0.5; gpioget -c gpiochip0 27
kill -INT $pid; wait $pid; gpioget -c gpiochip0 27; gpioinfo -c gpiochip0 17
cp /tmp/kept /tmp/summary; ( exit $status )`

func samePulses(t *testing.T, g *guest) {
	pulses := g.summary().Outputs[0].Pulses
	if g.Status != 0 || pulses < 60 {
		t.Errorf("got exit status %d and %d pulses, want 0 and 60 or more", g.Status, pulses)
	}
	for _, edge := range []string{"rising", "falling"} {
		if n := strings.Count(g.Output, edge+"\tgpiochip0 27 "); int64(n) != pulses {
			t.Errorf("gpiomon saw %d %s edges, want %d", n, edge, pulses)
		}
	}
	rest := g.Output
	for _, want := range []string{` consumer="hillock@`, `"27"=active`, `"27"=inactive`, "gpiochip0 17\t\"GPIO17\"        \toutput\n"} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Errorf("got no %q in the rest of the output", want)
		}
		rest = after
	}
}
