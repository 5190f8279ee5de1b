// Package bias turns off the pull of a GPIO line. A pull would distort the circuit of hw/rc.
//
// periph's gpioioctl (host v3.8.5) cannot do that. In with gpio.Float asks the kernel for no bias flag at all. The pull
// then stays as it was, and after power-up each line of a Pi has one. The package therefore requests the line before
// periph does, once and with the right flag, and releases it. The pull stays off. When a line is freed, a Pi's driver
// sets only its function (drivers/pinctrl/bcm/pinctrl-bcm2835.c, bcm2835_pmx_gpio_disable_free), and gpioioctl by
// itself asks for no pull. The package touches no other line and no level.
package bias

import (
	"fmt"
	"slices"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"
)

// Off turns the pull of a pin off and leaves the pin an input, released. A line of gpioioctl must not be in use. Pins
// of other drivers stay unchanged: their In with gpio.Float turns the pull off. A kernel driver without pulls is no
// error, because setting a pull is best effort (Documentation/userspace-api/gpio/gpio-v2-get-line-ioctl.rst).
func Off(p gpio.PinIO) error {
	line, ok := p.(*gpioioctl.GPIOLine)
	if !ok {
		return nil
	}
	chip := Chip(line)
	if chip == nil {
		return fmt.Errorf("bias: line %d: not on a chip found by host.Init", line.Number())
	}
	path := chip.Path()
	release, err := unpull(path, uint32(line.Number()))
	if err == nil {
		err = release()
	}
	if err != nil {
		return fmt.Errorf("bias: line %d of %s: %w", line.Number(), path, err)
	}
	return nil
}

// Chip returns the chip of a line, nil for a line outside the chips of host.Init.
func Chip(line *gpioioctl.GPIOLine) *gpioioctl.GPIOChip {
	for _, c := range gpioioctl.Chips {
		if slices.Contains(c.Lines(), line) {
			return c
		}
	}
	return nil
}
