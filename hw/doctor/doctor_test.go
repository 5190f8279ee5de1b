package doctor

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/hw/clock"
)

// named returns a chip without a known label, with these holders by the names of its lines.
func named(holders map[string]string) (c gpioChip) {
	for name, by := range holders {
		c.lines = append(c.lines, gpioLine{name, by})
	}
	return c
}

func host(t *testing.T, uid int, groups []string, files map[string]os.FileMode) Host {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: the set-up of a Pi: Windows has no modes")
	}
	h := Host{Root: t.TempDir(), UID: uid, Groups: groups,
		output:  func(string, ...string) string { return "" },
		holders: func(string) (gpioChip, error) { return named(map[string]string{"GPIO17": ""}), nil },
		try: func(clock.Options) (clock.Grant, error) {
			return clock.Grant{Got: []string{"SCHED_FIFO 80"}}, nil
		}}
	if _, ok := files["/proc/device-tree/model"]; ok {
		write(t, h, "/proc/device-tree/__overrides__/name", "__overrides__")
	}
	for name, mode := range files {
		text := ""
		switch name {
		case "/proc/device-tree/model":
			text = "Raspberry Pi 5 Model B Rev 1.0\x00"
		case "/proc/device-tree/compatible":
			text = "raspberrypi,5-model-b\x00brcm,bcm2712\x00"
		}
		file := filepath.Join(h.Root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil { // despite the umask
			t.Fatal(err)
		}
	}
	return h
}

func TestSetUpFindings(t *testing.T) {
	t.Parallel()
	pi := func(more map[string]os.FileMode) map[string]os.FileMode {
		more["/proc/device-tree/model"], more["/proc/device-tree/compatible"] = 0o644, 0o644
		return more
	}
	both := map[string]os.FileMode{"/dev/gpiochip0": 0o660, "/dev/spidev0.0": 0o660}
	power := Finding{"power", Skipped, "not checked: neither vcgencmd nor the kernel's rpi_volt reports it", "", ""}
	free := Finding{"pins", Passed, "free: GPIO17", "", ""}
	unread := Finding{"pins", Skipped, "not checked: 'pinctrl get' does not report the function of GPIO10, GPIO11, GPIO9", "", ""}
	chipless := Finding{"pins", Skipped, "not checked: this machine has no /dev/gpiochip*", "", ""}
	realTime := Finding{"realtime", Passed, `loop.realtime = "auto": SCHED_FIFO 80`, "", ""}
	kernel := Finding{Check: "system", Result: Passed, Seen: runtime.GOOS + ", kernel unknown, "}
	for _, tt := range []struct {
		name   string
		uid    int
		groups []string
		files  map[string]os.FileMode
		want   []Finding // without the system's
	}{
		{"a healthy Pi", 1000, []string{"gpio", "spi"}, pi(both), []Finding{
			{"board", Passed, "Raspberry Pi 5 Model B Rev 1.0", "", ""},
			power,
			{"user", Passed, "not root, in gpio, in spi", "", ""},
			{"GPIO", Passed, "/dev/gpiochip0, -rw-rw----, group gpio", "", ""},
			{"SPI0.0", Passed, "/dev/spidev0.0, -rw-rw----, group spi", "", ""},
			free, unread, realTime,
		}},
		{"root on a Pi 5, SPI off", 0, nil, pi(map[string]os.FileMode{"/dev/gpiochip4": 0o660}), []Finding{
			{"board", Passed, "Raspberry Pi 5 Model B Rev 1.0", "", ""},
			power,
			{"user", Failed, "root", "as root on a Pi 5, the GPIO driver would write to memory outside the GPIO: 'hillock run' refuses",
				"run hillock as a user in the groups gpio and spi: 'sudo hillock setup' adds you to them"},
			{"GPIO", Passed, "/dev/gpiochip4, -rw-rw----, group gpio", "", ""},
			{"SPI0.0", Failed, "no /dev/spidev0.0", "SPI is off", "run 'sudo hillock setup'"},
			free, realTime,
		}},
		{"not in a group, no GPIO", 1000, []string{"gpio"}, pi(map[string]os.FileMode{"/dev/spidev0.0": 0o660}), []Finding{
			{"board", Passed, "Raspberry Pi 5 Model B Rev 1.0", "", ""},
			power,
			{"user", Passed, "not root, in gpio, not in spi", "", ""},
			{"GPIO", Failed, "no /dev/gpiochip0", "the kernel has no driver for the pins", "update the system, or use the kernel of Raspberry Pi OS"},
			{"SPI0.0", Failed, "/dev/spidev0.0, -rw-rw----, group spi", "this user is not in that group, or has not logged in again since joining",
				"run 'sudo hillock setup' or 'sudo usermod -aG spi $USER'; then log in again"},
			chipless, realTime,
		}},
		{"nodes of root alone", 1000, []string{"gpio", "spi"}, pi(map[string]os.FileMode{"/dev/gpiochip0": 0o600, "/dev/spidev0.0": 0o666}), []Finding{
			{"board", Passed, "Raspberry Pi 5 Model B Rev 1.0", "", ""},
			power,
			{"user", Passed, "not root, in gpio, in spi", "", ""},
			{"GPIO", Failed, "/dev/gpiochip0, -rw-------, group gpio", "no group may use it", "install the hillock package: its udev rule opens the device to the group gpio"},
			{"SPI0.0", Passed, "/dev/spidev0.0, -rw-rw-rw-, group spi", "", ""},
			free, unread, realTime,
		}},
		{"a laptop", 1000, nil, nil, []Finding{
			{"board", Skipped, "not checked: this is no Raspberry Pi", "there are no header pins: without --hw real, 'hillock run' uses the virtual Pi", ""},
			power,
			{"user", Passed, "not root, not in gpio, not in spi", "", ""},
			{"GPIO", Skipped, "not checked: this machine has no /dev/gpiochip0", "", ""},
			{"SPI0.0", Skipped, "not checked: this machine has no /dev/spidev0.0", "", ""},
			chipless, realTime,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := host(t, tt.uid, tt.groups, tt.files).SetUp(desk())
			if system := got[1]; system.Result != Passed || len(system.Seen) < len(kernel.Seen) || system.Seen[:len(kernel.Seen)] != kernel.Seen {
				t.Errorf("got %+v, want %+v...", system, kernel)
			}
			if diff := cmp.Diff(tt.want, append(got[:1:1], got[2:]...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
