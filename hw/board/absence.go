package board

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Absence explains a missing device node of an SPI port or an I2C bus.
type Absence struct {
	Off       bool   // the port is off: setup turns it on
	Module    string // kernel module to load; "" for another cause
	Means, Do string
}

// Explain returns the cause of the missing device node of a port. root is the place of the machine's files, "" for /.
//
// The kernel lists its buses and their devices in /sys, with or without a node. dtparam and the firmware look up a parameter such
// as spi in the device tree's node __overrides__ (dtoverlay_main.c of raspberrypi/utils). A mainline tree does not have it.
func Explain(root, port string) Absence {
	path := func(name string) string { return filepath.Join(root, name) }
	bus, device := "spi", "spi"+strings.TrimPrefix(port, "SPI")
	module := "spidev"
	if strings.HasPrefix(port, "I2C") {
		bus, device, module = "i2c", "i2c-"+strings.TrimPrefix(port, "I2C"), "i2c-dev"
	}
	name, _, _ := strings.Cut(port, ".")
	entry := path(filepath.Join("/sys/bus", bus, "devices", device))
	driver, _ := os.Readlink(filepath.Join(entry, "driver"))
	switch driver = filepath.Base(driver); {
	case bus == "spi" && driver != "." && driver != "spidev":
		return Absence{Means: fmt.Sprintf("the kernel's driver %s has %s", driver, port), Do: "remove its overlay from config.txt, and reboot; or use another port"}
	case exists(entry):
		return Absence{Module: module, Means: "the kernel module " + module + " is not loaded", Do: "run 'sudo hillock setup'; if that does not help, use the kernel of Raspberry Pi OS"}
	case status(root, strings.ToLower(name)) == "okay":
		return Absence{Means: name + " is on, but the kernel has no driver or no device for it: a reboot does not help",
			Do: fmt.Sprintf("run 'sudo dmesg | grep -i %s', check /etc/modprobe.d for a blacklist, or use the kernel of Raspberry Pi OS", bus)}
	case !exists(path("/proc/device-tree/__overrides__")):
		return Absence{Means: name + " is off, and the device tree is a mainline tree: dtparam and config.txt do not turn it on",
			Do: "use Raspberry Pi OS; or load an overlay of your own that turns " + name + " on"}
	}
	return Absence{Off: true, Means: strings.ToUpper(bus) + " is off", Do: "run 'sudo hillock setup'"}
}

// status returns the property status of an alias of the device tree, "" for an unknown alias.
func status(root, alias string) string {
	node := property(root, "aliases/"+alias)
	if node == "" {
		return ""
	}
	return property(root, node+"/status")
}

// property returns a text in the device tree, "" for none.
func property(root, name string) string {
	b, _ := os.ReadFile(filepath.Join(root, "/proc/device-tree", name))
	return strings.Trim(string(b), "\x00\n ")
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
