package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

func TestPinsNameTheirHolders(t *testing.T) {
	t.Parallel()
	const stop = "stop that program, remove its overlay from config.txt, or choose another pin"
	cfg := &config.Config{
		Inputs: []config.Input{
			{Name: "adc", Part: claimed{port: "I2C1", address: 0x48}}, {Name: "chip", Part: claimed{port: "SPI0.0"}}, {Name: "plain", Part: claimed{pins: "GPIO4"}},
		},
		Outputs: []config.Output{{Name: "led", Part: claimed{pins: "GPIO17"}}, {Name: "row", Part: claimed{pins: "GPIO5 GPIO7"}}},
	}
	on := map[string]os.FileMode{"/dev/gpiochip0": 0o660, "/dev/gpiochip4": 0o660, "/dev/spidev0.0": 0o660, "/dev/i2c-1": 0o660}
	for _, tt := range []struct {
		name    string
		files   map[string]os.FileMode
		holders map[string]string // "" for those left out
		modes   map[string]string // of pinctrl, by a pin's number
		err     error
		want    []Finding
	}{
		{"free", on, nil, map[string]string{"2": "a0", "3": "a0", "9": "a0", "10": "a0", "11": "a0"}, nil,
			[]Finding{{"pins", Passed, "free: GPIO4, GPIO17, GPIO5, GPIO7", "", ""}}},
		{"held", on, map[string]string{"GPIO4": "gpiomon", "GPIO7": "spi0 CS1", "GPIO17": "hillock@812", "GPIO22": "not of ours"}, nil, nil, []Finding{
			{"GPIO4", Failed, `held by "gpiomon"`, "'hillock run' cannot use it for input plain", stop},
			{"GPIO17", Warning, `held by "hillock@812"`, "another hillock is running", "stop it before you start another: 'sudo systemctl stop hillock', or Ctrl-C in its terminal"},
			{"GPIO7", Failed, `held by "spi0 CS1"`, "'hillock run' cannot use it for output row", "add dtoverlay=spi0-1cs to config.txt and reboot, or choose another pin"},
			{"pins", Passed, "free: GPIO5", "", ""},
			{"pins", Skipped, "not checked: 'pinctrl get' does not report the function of GPIO10, GPIO11, GPIO2, GPIO3, GPIO9", "", ""},
		}},
		{"pins of the buses", on, map[string]string{"GPIO2": "sda", "GPIO3": theKernel, "GPIO8": "spi0 CS0", "GPIO10": "lg"},
			map[string]string{"9": "ip", "10": "op", "11": "no"}, nil, []Finding{
				{"pins", Passed, "free: GPIO4, GPIO17, GPIO5, GPIO7", "", ""},
				{"GPIO10", Failed, `held by "lg"`, "SPI0 has lost its MOSI", "stop that program; then reboot"},
				{"GPIO11", Failed, "without a function", "SPI0 has lost its SCLK", "reboot"},
				{"GPIO9", Failed, "a plain input", "SPI0 has lost its MISO", "reboot"},
			}},
		{"buses that are off", map[string]os.FileMode{"/dev/gpiochip0": 0o660}, nil, map[string]string{"9": "ip", "2": "ip"}, nil,
			[]Finding{{"pins", Passed, "free: GPIO4, GPIO17, GPIO5, GPIO7", "", ""}}},
		{"no chip", nil, nil, nil, nil, []Finding{{"pins", Skipped, "not checked: this machine has no /dev/gpiochip*", "", ""}}},
		{"not permitted", on, nil, nil, os.ErrPermission, []Finding{{"pins", Skipped, "not checked: permission denied", "", ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := host(t, 1000, nil, tt.files)
			h.holders = func(string) (gpioChip, error) {
				all := map[string]string{"": "unnamed"}
				for n := range 28 {
					pin := fmt.Sprintf("GPIO%d", n)
					all[pin] = tt.holders[pin]
				}
				return named(all), tt.err
			}
			h.output = func(program string, args ...string) string {
				if program != "pinctrl" || len(args) != 2 || args[0] != "get" {
					t.Errorf("got %s %q run", program, args)
				}
				if mode := tt.modes[args[1]]; mode != "" {
					return fmt.Sprintf("%2s: %s    pd | lo // GPIO%[1]s = ...\n", args[1], mode)
				}
				return ""
			}
			if diff := cmp.Diff(tt.want, h.pins(cfg)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPinsWithoutLineAreSkipped(t *testing.T) {
	t.Parallel()
	h := host(t, 1000, nil, map[string]os.FileMode{"/dev/gpiochip0": 0o660})
	h.holders = func(string) (gpioChip, error) { return named(map[string]string{"GPIO4": ""}), nil }
	cfg := &config.Config{Outputs: []config.Output{{Name: "row", Part: claimed{pins: "GPIO4 GPIO17 GPIO27"}}}}
	want := []Finding{{"pins", Passed, "free: GPIO4", "", ""}, {"pins", Skipped, "not checked: the kernel has no line for GPIO17, GPIO27", "", ""}}
	if diff := cmp.Diff(want, h.pins(cfg)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHoldersGoByChipAndOffset has the names of a mainline kernel on a Pi 3B, of the first kernels for a Pi 5, and none.
func TestHoldersGoByChipAndOffset(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{Outputs: []config.Output{{Name: "row", Part: claimed{pins: "GPIO4 GPIO17"}}}}
	for _, names := range [][2]string{{"GPIO_GCLK", "GPIO17"}, {"PIN7", "PIN11"}, {"", ""}} {
		h := host(t, 1000, nil, map[string]os.FileMode{"/dev/gpiochip0": 0o660, "/dev/gpiochip1": 0o660})
		h.holders = func(chip string) (gpioChip, error) {
			if filepath.Base(chip) == "gpiochip1" {
				return gpioChip{"raspberrypi-exp-gpio", []gpioLine{{"GPIO4", "the expander's"}, {"BT_ON", "shutdown"}}}, nil
			}
			c := gpioChip{label: "pinctrl-bcm2835", lines: make([]gpioLine, 54)}
			c.lines[4], c.lines[17] = gpioLine{names[0], "gpiomon"}, gpioLine{names[1], ""}
			return c, nil
		}
		want := []Finding{
			{"GPIO4", Failed, `held by "gpiomon"`, "'hillock run' cannot use it for output row", "stop that program, remove its overlay from config.txt, or choose another pin"},
			{"pins", Passed, "free: GPIO17", "", ""},
		}
		if diff := cmp.Diff(want, h.pins(cfg)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", names, diff)
		}
		if diff := cmp.Diff(map[string]string{"GPIO4": "gpiomon", "BT_ON": "shutdown"}, h.Held()); diff != "" {
			t.Errorf("%q: held (-want +got):\n%s", names, diff)
		}
	}
}
