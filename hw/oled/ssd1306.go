package oled

import (
	"fmt"
	"image"
	"image/color"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/devices/v3/ssd1306"
	"periph.io/x/devices/v3/ssd1306/image1bit"
)

// The addresses that an SSD1306 can have, by the level of its pin SA0 (datasheet rev 1.1, section 8.1.5). What is printed on
// a module is often twice that, 0x78 or 0x7A.
const (
	Address    = 0x3C // SA0 low, as most modules have it
	AddressSA0 = 0x3D
)

// NewSSD1306 shows on an SSD1306 of 128x64 points at an address of an I2C bus. Not a byte goes over the wire before the
// first picture: a display that does not answer is a Fault, and it is set up anew with each picture until it does, also
// when it was unplugged.
func NewSSD1306(bus i2c.Bus, address uint16, o Opts) (*Dev, error) {
	if address != Address && address != AddressSA0 {
		return nil, fmt.Errorf("oled: address must be 0x%X or 0x%X, got 0x%X", Address, AddressSA0, address)
	}
	return New(&chip{bus: at{bus, address}, where: fmt.Sprintf("ssd1306 at 0x%X on %s", address, bus)}, o)
}

// chip is an SSD1306 that is set up anew after a failure: the display may have lost its power, and ssd1306.Dev holds what
// it failed to send for sent.
type chip struct {
	bus   at
	where string
	dev   *ssd1306.Dev // nil: to be set up
	lit   bool         // it was set up once, so that it is on
}

// at is a bus on which ssd1306, which knows one address, reaches another.
type at struct {
	i2c.Bus
	address uint16
}

func (a at) Tx(_ uint16, w, r []byte) error { return a.Bus.Tx(a.address, w, r) }

// Draw implements display.Drawer.
func (c *chip) Draw(r image.Rectangle, src image.Image, from image.Point) error {
	if err := c.draw(r, src, from); err != nil {
		c.dev = nil
		return fmt.Errorf("%s: %w", c.where, err)
	}
	return nil
}

func (c *chip) draw(r image.Rectangle, src image.Image, from image.Point) error {
	if c.dev == nil {
		dev, err := ssd1306.NewI2C(c.bus, &ssd1306.DefaultOpts)
		if err != nil {
			return err
		}
		c.dev, c.lit = dev, true
		// ssd1306 leaves it in horizontal addressing mode, and then sets the page and the column of what it writes, by
		// commands that are for page addressing mode only (sections 10.1.1 to 10.1.3 and 10.1.13): so that mode.
		if err := c.command(0x20, 0x02); err != nil {
			return err
		}
	}
	return c.dev.Draw(r, src, from)
}

// Halt implements conn.Resource: the display is off. One that never was on has nothing to be put off.
func (c *chip) Halt() error {
	if !c.lit {
		return nil
	}
	if err := c.command(0xAE); err != nil { // section 10.1.12
		return fmt.Errorf("%s: %w", c.where, err)
	}
	return nil
}

// command sends a command with its arguments; the control byte before it says so (section 8.1.5).
func (c *chip) command(bytes ...byte) error {
	return c.bus.Tx(0, append([]byte{0x00}, bytes...), nil)
}

// Bounds implements display.Drawer.
func (c *chip) Bounds() image.Rectangle { return image.Rect(0, 0, Width, Height) }

// ColorModel implements display.Drawer.
func (c *chip) ColorModel() color.Model { return image1bit.BitModel }

func (c *chip) String() string { return c.where }
