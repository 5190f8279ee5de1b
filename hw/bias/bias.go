// Package bias turns off the pull resistor of a GPIO line, for circuits that it would bend.
//
// periph's gpioioctl (host v3.8.5) does not: In with gpio.Float asks the kernel for no bias at all, which leaves the pull
// as it was, and after power-up each line of a Pi has one. Its request has no flag that would. So this package asks for
// the line before periph does, once and with the right flag, and gives it back. The pull stays off: when a line is freed
// the driver of a Pi sets its function alone (drivers/pinctrl/bcm/pinctrl-bcm2835.c, bcm2835_pmx_gpio_disable_free), and
// gpioioctl asks for no pull by itself. The package never touches another line, and no level.
package bias

import (
	"fmt"
	"slices"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"
)

// Off turns the pull of a pin off and leaves it an input, released; a line of gpioioctl must not be in use. The pins of
// other drivers do that themselves, in In with gpio.Float, and are left alone. Where the kernel's driver knows no pulls,
// there is no error: setting one is best effort (Documentation/userspace-api/gpio/gpio-v2-get-line-ioctl.rst).
func Off(p gpio.PinIO) error {
	line, ok := p.(*gpioioctl.GPIOLine)
	if !ok {
		return nil
	}
	chip := slices.IndexFunc(gpioioctl.Chips, func(c *gpioioctl.GPIOChip) bool { return slices.Contains(c.Lines(), line) })
	if chip < 0 {
		return fmt.Errorf("bias: %s: on none of the chips that host.Init found", line.Name())
	}
	release, err := request(gpioioctl.Chips[chip].Path(), uint32(line.Number()))
	if err != nil {
		return fmt.Errorf("bias: %s: %w", line.Name(), err)
	}
	if err := release(); err != nil {
		return fmt.Errorf("bias: %s: %w", line.Name(), err)
	}
	return nil
}
