package board

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"periph.io/x/host/v3"
	"periph.io/x/host/v3/distro"
)

// OnPi is the model of the Raspberry Pi that the program runs on, or "" elsewhere.
func OnPi() string {
	if m := distro.DTModel(); strings.HasPrefix(m, "Raspberry Pi") {
		return m
	}
	return ""
}

// Real loads periph's drivers for the pins and buses that the kernel offers. It happens once per process and cannot be
// undone. A driver that fails is no error: what it lacks is said when a pin or a port is not found.
func Real() error {
	if err := refuseRoot(distro.DTCompatible(), os.Geteuid()); err != nil {
		return err
	}
	// Where two nodes lead to one chip, as on every Pi (gpiochip0 and its link gpiochip4), gpioioctl closes the second
	// and with it file descriptor 0: standard input is kept aside and put back.
	restore, err := keepStdin()
	if err != nil {
		return err
	}
	_, err = host.Init()
	return errors.Join(err, restore())
}

// refuseRoot keeps root off a Pi 5: its GPIO is behind another chip (RP1), yet periph's register driver, where root
// lets it open /dev/mem, maps the place of a Pi 4's registers and writes to it.
func refuseRoot(compatible []string, uid int) error {
	if uid != 0 {
		return nil
	}
	for _, c := range compatible {
		if strings.Contains(c, "bcm2712") {
			return fmt.Errorf("as root on a Pi 5 the GPIO driver would write to memory that is not the GPIO's: run as a user of the groups gpio and spi")
		}
	}
	return nil
}
