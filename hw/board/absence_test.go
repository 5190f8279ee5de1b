package board

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// made returns the place of a machine with these files. A file that ends in "/driver" is a link to its text.
func made(t *testing.T, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		write := func() error { return os.WriteFile(file, []byte(text), 0o644) }
		if filepath.Base(file) == "driver" {
			write = func() error { return os.Symlink(text, file) }
		}
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestAbsenceNamesWhatARebootDoesNotBring(t *testing.T) {
	t.Parallel()
	const overrides = "/proc/device-tree/__overrides__/name"
	off := Absence{Off: true, Means: "SPI is off", Do: "run 'sudo hillock setup'"}
	for _, tt := range []struct {
		name, port string
		files      map[string]string
		want       Absence
	}{
		{"off", "SPI0.0", map[string]string{overrides: ""}, off},
		{"off, in the tree too", "SPI0.0", map[string]string{overrides: "", "/proc/device-tree/aliases/spi0": "/soc/spi@7e204000\x00",
			"/proc/device-tree/soc/spi@7e204000/status": "disabled\x00"}, off},
		{"I2C off", "I2C1", map[string]string{overrides: ""}, Absence{Off: true, Means: "I2C is off", Do: "run 'sudo hillock setup'"}},
		{"no spidev", "SPI0.1", map[string]string{overrides: "", "/sys/bus/spi/devices/spi0.1/modalias": "spi:spidev"},
			Absence{Module: "spidev", Means: "the kernel module spidev is not loaded", Do: "run 'sudo hillock setup'; if that does not help, use the kernel of Raspberry Pi OS"}},
		{"no i2c-dev", "I2C1", map[string]string{overrides: "", "/sys/bus/i2c/devices/i2c-1/name": "bcm2835 (i2c@7e804000)"},
			Absence{Module: "i2c-dev", Means: "the kernel module i2c-dev is not loaded", Do: "run 'sudo hillock setup'; if that does not help, use the kernel of Raspberry Pi OS"}},
		{"a display on the port", "SPI0.0", map[string]string{overrides: "", "/sys/bus/spi/devices/spi0.0/driver": "../../../bus/spi/drivers/fb_ili9341"},
			Absence{Means: "the kernel's driver fb_ili9341 has SPI0.0", Do: "remove its overlay from config.txt, and reboot; or use another port"}},
		{"on, without a driver", "SPI0.0", map[string]string{overrides: "", "/proc/device-tree/aliases/spi0": "/soc/spi@7e204000\x00",
			"/proc/device-tree/soc/spi@7e204000/status": "okay\x00"},
			Absence{Means: "SPI0 is on, but the kernel has no driver or no device for it: a reboot does not help",
				Do: "run 'sudo dmesg | grep -i spi', check /etc/modprobe.d for a blacklist, or use the kernel of Raspberry Pi OS"}},
		{"a mainline tree", "SPI0.0", map[string]string{"/proc/device-tree/aliases/spi0": "/soc/spi@7e204000\x00", "/proc/device-tree/soc/spi@7e204000/status": "disabled\x00"},
			Absence{Means: "SPI0 is off, and the device tree is a mainline tree: dtparam and config.txt do not turn it on",
				Do: "use Raspberry Pi OS; or load an overlay of your own that turns SPI0 on"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := made(t, tt.files)
			if diff := cmp.Diff(tt.want, Explain(root, tt.port)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
