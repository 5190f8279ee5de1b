package doctor

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPower(t *testing.T) {
	t.Parallel()
	const (
		low     = "the 5 V supply fell below 4.63 V: the firmware slows the CPU down, and ticks may be late"
		supply  = "use a supply made for this Pi and a short, thick cable; take less power from the Pi; reboot to clear this"
		slow    = "the chip is hot: the firmware slows the CPU down, and ticks may be late"
		cooling = "cool the Pi: give it air, a heat sink or a fan"
	)
	for _, tt := range []struct {
		vcgencmd string
		alarm    string // of the kernel's driver, "" for none
		want     Finding
	}{
		{"", "", Finding{"power", Skipped, "not checked: neither vcgencmd nor the kernel's rpi_volt reports it", "", ""}},
		{"VCHI initialization failed\n", "", Finding{"power", Skipped, "not checked: neither vcgencmd nor the kernel's rpi_volt reports it", "", ""}},
		{"throttled=0x0\n", "", Finding{"power", Passed, "no under-voltage, not throttled", "", ""}},
		{"", "0\n", Finding{"power", Passed, "no under-voltage now", "", ""}},
		{"", "1\n", Finding{"power", Failed, "under-voltage now", low, supply}},
		{"throttled=0x0\n", "1\n", Finding{"power", Failed, "under-voltage now", low, supply}},
		{"throttled=0x50005\n", "1\n", Finding{"power", Failed, "under-voltage now, throttled now", low, supply}},
		{"throttled=0x50000\n", "0\n", Finding{"power", Failed, "under-voltage since the boot, throttled since the boot", low, supply}},
		{"throttled=0xe000e\n", "0\n", Finding{"power", Failed, "clock capped now, throttled now, soft temperature limit now", slow, cooling}},
		{"throttled=0xe0000\n", "0\n", Finding{"power", Passed, "clock capped since the boot, throttled since the boot, soft temperature limit since the boot", "", ""}},
		{"throttled=0x80008\n", "0\n", Finding{"power", Passed, "soft temperature limit now", "", ""}},
	} {
		h := host(t, 1000, nil, nil)
		h.output = func(program string, args ...string) string {
			if program != "vcgencmd" || !cmp.Equal(args, []string{"get_throttled"}) {
				t.Errorf("got %s %q run", program, args)
			}
			return tt.vcgencmd
		}
		write(t, h, "/sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
		write(t, h, "/sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n")
		if tt.alarm != "" {
			write(t, h, "/sys/class/hwmon/hwmon1/name", "rpi_volt\n")
			write(t, h, "/sys/class/hwmon/hwmon1/in0_lcrit_alarm", tt.alarm)
		}
		if diff := cmp.Diff(tt.want, h.Power()); diff != "" {
			t.Errorf("%q, alarm %q (-want +got):\n%s", tt.vcgencmd, tt.alarm, diff)
		}
	}
}

// The kernel's alarm stays 0 without a sensor.
func TestPowerDoesNotTrustAMissingSensor(t *testing.T) {
	t.Parallel()
	skipped := Finding{"power", Skipped, "not checked: this model has no sensor for its supply", "", ""}
	for _, tt := range []struct {
		model, vcgencmd string
		want            Finding
	}{
		{"Raspberry Pi Zero W Rev 1.1", "", skipped},
		{"Raspberry Pi Zero 2 W Rev 1.0", "", skipped},
		{"Raspberry Pi Model B Rev 2", "", skipped},
		{"Raspberry Pi Model A", "", skipped},
		{"Raspberry Pi Zero 2 W Rev 1.0", "throttled=0x0\n", Finding{"power", Passed, "not throttled; this model has no sensor for its supply", "", ""}},
		{"Raspberry Pi Model B Plus Rev 1.2", "", Finding{"power", Passed, "no under-voltage now", "", ""}},
		{"Raspberry Pi Model B+", "throttled=0x0\n", Finding{"power", Passed, "no under-voltage, not throttled", "", ""}},
		{"Raspberry Pi 3 Model B Rev 1.2", "", Finding{"power", Passed, "no under-voltage now", "", ""}},
	} {
		h := host(t, 1000, nil, nil)
		h.output = func(string, ...string) string { return tt.vcgencmd }
		write(t, h, "/proc/device-tree/model", tt.model+"\x00")
		write(t, h, "/sys/class/hwmon/hwmon1/name", "rpi_volt\n")
		write(t, h, "/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
		if diff := cmp.Diff(tt.want, h.Power()); diff != "" {
			t.Errorf("%s, %q (-want +got):\n%s", tt.model, tt.vcgencmd, diff)
		}
	}
}

func write(t *testing.T, h Host, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(h.Path(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.Path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
