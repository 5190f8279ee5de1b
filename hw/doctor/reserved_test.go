package doctor

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReservedPins(t *testing.T) {
	t.Parallel()
	const gpio = "/proc/device-tree/soc/gpio@7e200000/"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"none", nil, ""},
		{"config.txt", map[string]string{"/boot/firmware/config.txt": "# gpio=3=pu\n[all]\ngpio=17=pu\n gpio=22-24,27=a3\ngpio=x=pu\ngpio=1-y=pu\n"}, "GPIO17 GPIO22 GPIO23 GPIO24 GPIO27"},
		{"old place", map[string]string{"/boot/config.txt": "gpio=4=ip,pd"}, "GPIO4"},
		{"device tree", map[string]string{
			gpio + "sd1/brcm,pins": "\x00\x00\x00\x16\x00\x00\x00\x17", gpio + "sd1/phandle": "\x00\x00\x00\x05",
			gpio + "jtag/brcm,pins": "\x00\x00\x00\x18", gpio + "jtag/phandle": "\x00\x00\x00\x06",
			gpio + "off/brcm,pins": "\x00\x00\x00\x19", gpio + "off/phandle": "\x00\x00\x00\x07",
			"/proc/device-tree/soc/mmc@1/pinctrl-0": "\x00\x00\x00\x05\x00\x00\x00\x06", "/proc/device-tree/soc/mmc@1/status": "okay\x00",
			"/proc/device-tree/soc/uart@2/pinctrl-0": "\x00\x00\x00\x07", "/proc/device-tree/soc/uart@2/status": "disabled\x00",
		}, "GPIO22 GPIO23 GPIO24"},
		{"Pi 5", map[string]string{
			"/proc/device-tree/axi/rp1/gpio/spi0/pins": "gpio9\x00gpio10\x00", "/proc/device-tree/axi/rp1/gpio/spi0/phandle": "\x00\x00\x00\x09",
			"/proc/device-tree/axi/rp1/gpio/uart0/pin_txd/pins": "gpio14\x00", "/proc/device-tree/axi/rp1/gpio/uart0/phandle": "\x00\x00\x00\x0a",
			"/proc/device-tree/axi/rp1/spi/pinctrl-0": "\x00\x00\x00\x09", "/proc/device-tree/axi/rp1/serial/pinctrl-0": "\x00\x00\x00\x0a",
		}, "GPIO10 GPIO14 GPIO9"},
	} {
		h := host(t, 1000, nil, nil)
		for name, text := range tt.files {
			write(t, h, name, text)
		}
		got := strings.Join(slices.Sorted(maps.Keys(h.Reserved())), " ")
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
