package board

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spireg"
	"periph.io/x/host/v3"
	"periph.io/x/host/v3/bcm283x"
	"periph.io/x/host/v3/distro"
)

// Host is the Pi of periph's registries: this machine, after Real. It is the only place that looks into them.
type Host struct{}

// OnPi is the model of the Raspberry Pi that the program runs on, or "" elsewhere.
func OnPi() string {
	if m := distro.DTModel(); strings.HasPrefix(m, "Raspberry Pi") {
		return m
	}
	return ""
}

// Real loads periph's drivers for the pins and buses that the kernel offers. It happens once per process and cannot be
// undone. A driver that fails is no error: what it lacks is said when a pin or a port is not found.
func Real() (Host, error) {
	if err := refuseRoot(distro.DTCompatible(), os.Geteuid()); err != nil {
		return Host{}, err
	}
	// Where two nodes lead to one chip, as on every Pi (gpiochip0 and its link gpiochip4), gpioioctl closes the second
	// and with it file descriptor 0: standard input is kept aside and put back.
	restore, err := keepStdin()
	if err != nil {
		return Host{}, err
	}
	_, err = host.Init()
	return Host{}, errors.Join(err, restore())
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

// OpenPin implements Pi: the pin is a line of the kernel, whatever registers periph found.
func (Host) OpenPin(name string) (gpio.PinIO, error) {
	p := registered(name)
	if p == nil {
		return nil, noPin(name)
	}
	return newHostPin(kernelLine(p)), nil
}

// OpenSPI implements Pi.
func (Host) OpenSPI(port string) (spi.PortCloser, error) {
	p, err := spireg.Open(port)
	if err != nil {
		return nil, portTrouble(port, err)
	}
	return p, nil
}

// OpenI2C implements Pi.
func (Host) OpenI2C(bus string) (i2c.BusCloser, error) {
	b, err := i2creg.Open(bus)
	if err != nil {
		return nil, busTrouble(bus, err)
	}
	return b, nil
}

// DirectPin returns the pin as the registers have it, past the kernel, which leaves it what it is. It returns false where
// the registers are out of reach: there periph's line of the kernel, asked for its function, would make the pin an input.
func (Host) DirectPin(name string) (p gpio.PinIO, ok bool) {
	b, ok := registered(name).(*bcm283x.Pin)
	if !ok {
		return nil, false
	}
	defer func() { // there is no other way to tell (host v3.8.5)
		if recover() != nil {
			p, ok = nil, false
		}
	}()
	b.FastRead()
	return b, true
}

// registered returns the pin of a name or of an alias, nil where there is none.
func registered(name string) gpio.PinIO {
	p := gpioreg.ByName(name)
	if r, ok := p.(gpio.RealPin); ok {
		p = r.Real()
	}
	return p
}
