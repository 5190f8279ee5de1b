package board

import (
	"errors"
	"os"
	"slices"
	"strings"

	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spireg"
	"periph.io/x/host/v3"
	"periph.io/x/host/v3/bcm283x"
	"periph.io/x/host/v3/distro"
	"periph.io/x/host/v3/gpioioctl"
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
	if err := refuseMemory(distro.DTCompatible(), os.Geteuid(), mayMap); err != nil {
		return Host{}, err
	}
	// If two nodes lead to one chip, as on every Pi (gpiochip0 and its link gpiochip4), gpioioctl closes the second and,
	// with it, file descriptor 0. So standard input is saved and restored.
	restore, err := keepStdin()
	if err != nil {
		return Host{}, err
	}
	state, err := host.Init()
	if err == nil && !isPi5(distro.DTCompatible()) {
		retryRegisters(state.Failed)
	}
	return Host{}, errors.Join(err, restore())
}

// isPi5 reports whether a device tree is that of a Pi 5, a Pi 500 or a Compute Module 5.
func isPi5(compatible []string) bool {
	return slices.ContainsFunc(compatible, func(c string) bool { return strings.Contains(c, "bcm2712") })
}

// refuseMemory refuses a process that may map /dev/mem on a Pi 5: root, or a user with CAP_SYS_RAWIO. The GPIO of a Pi 5 is
// in another chip (RP1), but periph's register driver maps the addresses of a Pi 4's registers and writes there.
func refuseMemory(compatible []string, uid int, mayMap func() bool) error {
	switch {
	case !isPi5(compatible):
		return nil
	case uid == 0:
		return errors.New("as root on a Pi 5, the GPIO driver would write to memory outside the GPIO: run hillock as a user in the groups gpio and spi")
	case mayMap():
		return errors.New("with CAP_SYS_RAWIO on a Pi 5, the GPIO driver would write to memory outside the GPIO: run hillock without that capability")
	}
	return nil
}

// mayMap reports whether this process may open /dev/mem for writing.
func mayMap() bool {
	f, err := os.OpenFile("/dev/mem", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	_ = f.Close() // nothing was written
	return true
}

// retryRegisters starts periph's register driver again after a failure. On a Pi 1, 2 and 3 the kernel has a line named
// PWM0_OUT. The driver needs that name for an alias, and stops there before it maps the registers (host v3.8.5). Other
// names of lines are not needed: OpenPin goes by the number.
func retryRegisters(failed []driverreg.DriverFailure) {
	for _, f := range failed {
		if f.D.String() != "bcm283x-gpio" {
			continue
		}
		for _, p := range gpioreg.All() {
			if _, ok := headerNumber(p.Name()); !ok {
				_ = gpioreg.Unregister(p.Name()) // it is registered
			}
		}
		_, _ = f.D.Init() // without registers DirectPin returns false
	}
}

// OpenPin implements Pi: the pin is a line of the kernel, even if periph has found registers.
func (Host) OpenPin(name string) (gpio.PinIO, error) {
	p, ok := kernelLine(name, registered(name), gpioioctl.Chips)
	if !ok {
		return nil, noPin(name)
	}
	return newHostPin(p), nil
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

// DirectPin returns a pin past the kernel, and leaves its function as it is: the pin of the registers, or else of the
// program pinctrl. It returns false if both are out of reach. There, reading the function of periph's kernel line would
// make the pin an input.
func (Host) DirectPin(name string) (gpio.PinIO, bool) {
	if b, ok := registered(name).(*bcm283x.Pin); ok && !isPi5(distro.DTCompatible()) && mapped(b) {
		return b, true
	}
	return ProgramPin(name, pinctrl)
}

// mapped reports whether periph has mapped the registers. There is no other test (host v3.8.5).
func mapped(b *bcm283x.Pin) (ok bool) {
	defer func() { ok = recover() == nil }()
	b.FastRead()
	return true
}

// registered returns the pin of a name or an alias, nil if there is none.
func registered(name string) gpio.PinIO {
	p := gpioreg.ByName(name)
	if r, ok := p.(gpio.RealPin); ok {
		p = r.Real()
	}
	return p
}
