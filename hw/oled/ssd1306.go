package oled

import (
	"fmt"
	"image"
	"image/color"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/devices/v3/ssd1306"
	"periph.io/x/devices/v3/ssd1306/image1bit"
)

// I2C addresses of an SSD1306, by the level of its pin SA0 (datasheet rev 1.1, section 8.1.5). Modules often show twice
// the address in print: 0x78 or 0x7A.
const (
	Address    = 0x3C // SA0 low, as on most modules
	AddressSA0 = 0x3D
)

// NewSSD1306 returns a scope on an SSD1306 of 128x64 pixels at an address of an I2C bus. It sends no byte before the
// first picture. A display that does not answer is a Fault; each picture then sets it up again, also after it was
// unplugged.
func NewSSD1306(bus i2c.Bus, address uint16, o Opts) (*Dev, error) {
	if address != Address && address != AddressSA0 {
		return nil, fmt.Errorf("oled: address must be 0x%X or 0x%X, got 0x%X", Address, AddressSA0, address)
	}
	return New(&chip{bus: at{bus, address}, where: fmt.Sprintf("ssd1306 at 0x%X on %s", address, bus)}, o)
}

// chip is an SSD1306 that is set up again after a failure. The display may have lost its power, and ssd1306.Dev treats
// what it failed to send as sent.
type chip struct {
	bus   at
	where string
	dev   *ssd1306.Dev // nil: not set up
	lit   bool         // set up at least once, and therefore on
}

// at is a bus for ssd1306 that replaces its fixed address.
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
		// ssd1306 leaves the display in horizontal addressing mode. Its commands for page and column are for page
		// addressing mode only (sections 10.1.1 to 10.1.3 and 10.1.13): set that mode.
		if err := c.command(0x20, 0x02); err != nil {
			return err
		}
	}
	return c.dev.Draw(r, src, from)
}

// Halt implements conn.Resource. It turns the display off, if it ever was on.
func (c *chip) Halt() error {
	if !c.lit {
		return nil
	}
	if err := c.command(0xAE); err != nil { // section 10.1.12
		return fmt.Errorf("%s: %w", c.where, err)
	}
	return nil
}

// command sends a command with its arguments after the control byte for commands (section 8.1.5).
func (c *chip) command(bytes ...byte) error {
	return c.bus.Tx(0, append([]byte{0x00}, bytes...), nil)
}

// Bounds implements display.Drawer.
func (c *chip) Bounds() image.Rectangle { return image.Rect(0, 0, Width, Height) }

// ColorModel implements display.Drawer.
func (c *chip) ColorModel() color.Model { return image1bit.BitModel }

func (c *chip) String() string { return c.where }
