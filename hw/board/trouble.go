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

// Absent is the error for hardware that this machine lacks: its GPIO, a pin, an SPI port or an I2C bus. Another start does not
// bring it.
type Absent struct{ Err error }

func (a Absent) Error() string { return a.Err.Error() }
func (a Absent) Unwrap() error { return a.Err }

func absent(format string, args ...any) error { return Absent{fmt.Errorf(format, args...)} }

// noPin returns the error for a pin outside periph's registry, with the remedy.
func noPin(name string) error {
	chips, _ := filepath.Glob("/dev/gpiochip*")
	if len(chips) == 0 {
		return absent("%s: this machine has no GPIO (no /dev/gpiochip*): use --hw sim for the virtual Pi", name)
	}
	for _, c := range chips {
		if err := tryOpen(c); errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("%s: %w: %s", name, err, joinGroup("gpio"))
		}
	}
	return absent("%s: this machine has no such pin: 'gpioinfo' lists its lines", name)
}

// is is errors.Is, and also compares the text: periph's gpioioctl keeps only the text of a system error (ioctl.go,
// errors.New).
func is(err error, errno syscall.Errno) bool {
	return errors.Is(err, errno) || strings.HasSuffix(err.Error(), ": "+errno.Error())
}

// portTrouble returns the reason for periph's error at an SPI port, with a remedy.
func portTrouble(port string, err error) error {
	return nodeTrouble(port, "/dev/spidev"+strings.TrimPrefix(port, "SPI"), "spi", err)
}

// busTrouble returns the reason for periph's error at an I2C bus, with a remedy.
func busTrouble(bus string, err error) error {
	return nodeTrouble(bus, "/dev/i2c-"+strings.TrimPrefix(bus, "I2C"), "i2c", err)
}

// nodeTrouble opens the device node again for the system's error: periph keeps only its text.
func nodeTrouble(port, node, group string, err error) error {
	switch again := tryOpen(node); {
	case errors.Is(again, fs.ErrNotExist):
		return noNode(node, OnPi(), Explain("", port))
	case errors.Is(again, fs.ErrPermission):
		return fmt.Errorf("%w: %s", again, joinGroup(group))
	}
	return err
}

// noNode is the error for a missing device node on a Pi of this model, "" for another machine. On a Pi it has the words of the
// doctor's finding.
func noNode(node, model string, why Absence) error {
	if model == "" {
		return absent("this machine has no %s: use --hw sim for the virtual Pi", node)
	}
	return absent("this Pi has no %s: %s: %s", node, why.Means, why.Do)
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
