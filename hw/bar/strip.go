package bar

import (
	"fmt"
	"image"
	"image/color"

	"periph.io/x/conn/v3/spi"
	"periph.io/x/devices/v3/apa102"
)

// Strip is a strip of APA102 LEDs.
type Strip struct {
	// LEDs is the number of LEDs, 1 to 900: the limit of one transfer of 4096 bytes.
	LEDs int
	// Color is the color of the level at full brightness, without its alpha; nil means green. A spike is white.
	Color color.Color
	// Brightness is from 1 to 255, in equal steps of light; 0 means 24. At 255 and white an LED takes up to 60 mA.
	Brightness uint8
}

// maxLEDs fit the buffer of spidev, 4096 bytes: 4 bytes per LED, the start frame and the end frame.
const maxLEDs = 900

// NewAPA102 returns a bar on a strip. It connects the strip's port, and sends no byte before the first picture. A strip
// never answers: a missing strip is no fault.
//
// A strip has no chip select: it obeys each picture on its clock and data wires, also one for another strip. An MCP3xxx
// on the same bus does no harm, because its transfers never have the 32 zeros of a picture's start. Its reading waits
// for a picture on the wire: 74 us for 8 LEDs at 4 MHz. Long strips need their own bus, such as SPI1.0, or two pins with
// Wires. The speed is 20 MHz, or that of the port's LimitSpeed if lower. Jumper wires need 4 MHz or less.
func NewAPA102(p spi.Port, s Strip, o Opts) (*Bar, error) {
	if s.Color == nil {
		s.Color = color.NRGBA{G: 255, A: 255}
	}
	if s.Brightness == 0 {
		s.Brightness = 24
	}
	if s.LEDs < 1 || s.LEDs > maxLEDs {
		return nil, fmt.Errorf("bar: a strip must have from 1 to %d LEDs, got %d", maxLEDs, s.LEDs)
	}
	if _, err := o.complete(); err != nil {
		return nil, err
	}
	// The five bits of brightness stay at their maximum: they switch slowly enough to be seen.
	dev, err := apa102.New(p, &apa102.Opts{NumPixels: s.LEDs, Intensity: s.Brightness, Temperature: apa102.NeutralTemp, DisableGlobalPWM: true})
	if err != nil {
		return nil, fmt.Errorf("bar: apa102 on %s: connect: %w", p, err)
	}
	c := color.NRGBAModel.Convert(s.Color).(color.NRGBA)
	return start(&strip{dev: dev, where: fmt.Sprint(p), color: c, image: image.NewNRGBA(dev.Bounds())}, o)
}

// strip is a row of LEDs written in one transfer.
type strip struct {
	dev   *apa102.Dev
	where string
	color color.NRGBA
	image *image.NRGBA
}

func (s *strip) leds() int { return s.image.Rect.Dx() }

func (s *strip) show(p picture) error {
	c := s.color
	if p.white {
		c = color.NRGBA{255, 255, 255, 255}
	}
	clear(s.image.Pix)
	for x := range p.lit {
		s.image.SetNRGBA(x, 0, c)
	}
	if err := s.dev.Draw(s.image.Rect, s.image, image.Point{}); err != nil {
		return fmt.Errorf("bar: apa102 on %s: %w", s.where, err)
	}
	return nil
}

func (s *strip) dark() error {
	if err := s.dev.Halt(); err != nil {
		return fmt.Errorf("bar: apa102 on %s: turn it off: %w", s.where, err)
	}
	return nil
}

func (s *strip) String() string { return fmt.Sprintf("apa102 on %s, %d LEDs", s.where, s.leds()) }
