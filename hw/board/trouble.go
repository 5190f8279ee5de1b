package board

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// noPin tells why a pin is not in the registry, and what to do.
func noPin(name string) error {
	chips, _ := filepath.Glob("/dev/gpiochip*")
	if len(chips) == 0 {
		return fmt.Errorf("%s: this machine has no GPIO (no /dev/gpiochip*): 'hillock run --hw sim' takes the virtual Pi", name)
	}
	for _, c := range chips {
		if err := tryOpen(c); errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("%s: %w: %s", name, err, joinGroup("gpio"))
		}
	}
	return fmt.Errorf("%s: no such pin on this machine: gpioinfo lists the names of its lines", name)
}

// is is errors.Is, also for what periph's gpioioctl makes of a system's error: its text alone (ioctl.go, errors.New).
func is(err error, errno syscall.Errno) bool {
	return errors.Is(err, errno) || strings.HasSuffix(err.Error(), ": "+errno.Error())
}

// portTrouble adds to a port's refusal what to do. periph keeps of the system's error only the text, so the node is
// asked again.
func portTrouble(port string, err error) error {
	node := "/dev/spidev" + strings.TrimPrefix(port, "SPI")
	switch again := tryOpen(node); {
	case errors.Is(again, fs.ErrNotExist):
		return fmt.Errorf("%w: there is no %s: turn SPI on with 'sudo raspi-config nonint do_spi 0' and reboot, or use --hw sim for the virtual Pi", err, node)
	case errors.Is(again, fs.ErrPermission):
		return fmt.Errorf("%w: %s", again, joinGroup("spi"))
	}
	return err
}

// busTrouble is portTrouble for an I2C bus.
func busTrouble(bus string, err error) error {
	node := "/dev/i2c-" + strings.TrimPrefix(bus, "I2C")
	switch again := tryOpen(node); {
	case errors.Is(again, fs.ErrNotExist):
		return fmt.Errorf("%w: there is no %s: turn I2C on with 'sudo raspi-config nonint do_i2c 0', or use --hw sim for the virtual Pi", err, node)
	case errors.Is(again, fs.ErrPermission):
		return fmt.Errorf("%w: %s", again, joinGroup("i2c"))
	}
	return err
}

func joinGroup(group string) string {
	return fmt.Sprintf("join its group with 'sudo usermod -aG %s $USER' and log in again", group)
}

func tryOpen(node string) error {
	f, err := os.OpenFile(node, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return f.Close()
}
