package doctor

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"periph.io/x/conn/v3/pin"

	"hillock/config"
)

// Rebind returns the remedy for a bus with a lost pin. The kernel sets up the pins of a device whenever it binds the driver
// (pinctrl_bind_pins in drivers/base/pinctrl.c).
func (h Host) Rebind(bus string) string {
	const devices = "/sys/bus/platform/devices"
	device, err := os.Readlink(h.Path("/sys/class/spi_master/" + strings.ToLower(bus) + "/device"))
	if n, ok := strings.CutPrefix(bus, "I2C"); ok {
		device, err = os.Readlink(h.Path("/sys/bus/i2c/devices/i2c-" + n)) // of the adapter, below its device
		device = filepath.Dir(device)
	}
	device = filepath.Base(device)
	driver, err2 := os.Readlink(h.Path(filepath.Join(devices, device, "driver")))
	if err != nil || err2 != nil {
		return "reboot"
	}
	return fmt.Sprintf("run 'cd /sys/bus/platform/drivers/%s && echo %s | sudo tee unbind bind'", filepath.Base(driver), device)
}

// Lost returns the finding on a port with a pin lost to another use, and false for a port with all its pins. It needs a way to the
// pins past the kernel.
func (b *Bench) Lost(port string) (Finding, bool) {
	bus, _, _ := strings.Cut(port, ".")
	lines := config.PortPins(port)
	for _, role := range slices.Sorted(maps.Keys(lines)) {
		p, ok := b.Pi.DirectPin(lines[role])
		of, _ := p.(pin.PinFunc)
		if strings.HasPrefix(role, "CE") || !ok || of == nil {
			continue
		}
		function, _, _ := strings.Cut(string(of.Func()), "/")
		word := map[string]string{"In": "ip", "Out": "op", unused: unused}[function]
		if word == "" {
			continue
		}
		return Finding{Check: port, Result: Failed, Seen: fmt.Sprintf("%s is %s", Spot(lines[role]), plainWords()[word]),
			Means: bus + " has lost its " + role, Do: b.rebind(bus)}, true
	}
	return Finding{}, false
}

// Kept returns the finding on a pin of a bus after a failed return.
func (b *Bench) Kept(port, name string, err error) Finding {
	bus, _, _ := strings.Cut(port, ".")
	return Finding{Check: port, Result: Failed, Seen: fmt.Sprintf("%s is not back at %s: %v", Spot(name), bus, err),
		Means: "this check used the pin, and could not return it to its bus", Do: b.rebind(bus)}
}

func (b *Bench) rebind(bus string) string {
	if b.Rebind == nil {
		return "reboot"
	}
	return b.Rebind(bus)
}
