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

// Host is this machine, after Real. No other code in this module uses periph's global registries.
type Host struct{}

// OnPi returns the model of the Raspberry Pi, "" on other machines.
func OnPi() string {
	if m := distro.DTModel(); strings.HasPrefix(m, "Raspberry Pi") {
		return m
	}
	return ""
}

// Real loads periph's drivers for the pins and buses of the kernel. It works once per process and cannot be undone. A
// failed driver is no error here: opening one of its pins or ports is.
func Real() (Host, error) {
	if err := refuseRoot(distro.DTCompatible(), os.Geteuid()); err != nil {
		return Host{}, err
	}
	// If two nodes lead to one chip, as on every Pi (gpiochip0 and its link gpiochip4), gpioioctl closes the second and,
	// with it, file descriptor 0. So standard input is saved and restored.
	restore, err := keepStdin()
	if err != nil {
		return Host{}, err
	}
	_, err = host.Init()
	return Host{}, errors.Join(err, restore())
}

// refuseRoot refuses root on a Pi 5. The GPIO of a Pi 5 is in another chip (RP1), but periph's register driver maps the
// addresses of a Pi 4's registers and writes there. Only root may open /dev/mem for that.
func refuseRoot(compatible []string, uid int) error {
	if uid != 0 {
		return nil
	}
	for _, c := range compatible {
		if strings.Contains(c, "bcm2712") {
			return fmt.Errorf("as root on a Pi 5, the GPIO driver would write to memory outside the GPIO: run hillock as a user in the groups gpio and spi")
		}
	}
	return nil
}

// OpenPin implements Pi: the pin is a line of the kernel, even if periph has found registers.
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

// DirectPin returns the pin of the registers, past the kernel, and leaves its function as it is. It returns false if the
// registers are out of reach. There, reading the function of periph's kernel line would make the pin an input.
func (Host) DirectPin(name string) (p gpio.PinIO, ok bool) {
	b, ok := registered(name).(*bcm283x.Pin)
	if !ok {
		return nil, false
	}
	defer func() { // there is no other test (host v3.8.5)
		if recover() != nil {
			p, ok = nil, false
		}
	}()
	b.FastRead()
	return b, true
}

// registered returns the pin of a name or an alias, nil if there is none.
func registered(name string) gpio.PinIO {
	p := gpioreg.ByName(name)
	if r, ok := p.(gpio.RealPin); ok {
		p = r.Real()
	}
	return p
}
