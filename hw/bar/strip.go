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
	// LEDs is how many there are, 1 to 900: as many as one transfer of 4096 bytes has room for.
	LEDs int
	// Color is that of the level, at full brightness, its alpha ignored; nil is green. At a spike they are white.
	Color color.Color
	// Brightness is from 1 to 255, in equal steps of light; 0 is 24. At 255 and white an LED takes up to 60 mA.
	Brightness uint8
}

// maxLEDs of 4 bytes each, with the start and the end frame, are less than the buffer of spidev, 4096 bytes.
const maxLEDs = 900

// NewAPA102 shows on a strip, whose port it connects. Not a byte goes over the wire before the first picture; what the
// strip is sent it does not answer, so that one that is not there is no fault.
//
// A strip has no chip select: it takes what is meant for any other part on its clock and data for itself. So give it a bus
// on which there is nothing else, as SPI1.0, or two pins of its own, with Wires. The port's speed is the lower one of 20
// MHz and that of the port's LimitSpeed; jumper wires want 4 MHz or less.
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
	// The five bits of brightness of each LED stay at their end: they switch slowly enough to be seen.
	dev, err := apa102.New(p, &apa102.Opts{NumPixels: s.LEDs, Intensity: s.Brightness, Temperature: apa102.NeutralTemp, DisableGlobalPWM: true})
	if err != nil {
		return nil, fmt.Errorf("bar: apa102 on %s: connect: %w", p, err)
	}
	c := color.NRGBAModel.Convert(s.Color).(color.NRGBA)
	return start(&strip{dev: dev, where: fmt.Sprint(p), color: c, image: image.NewNRGBA(dev.Bounds())}, o)
}

// strip is a row of LEDs that are written in one piece.
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
		return fmt.Errorf("bar: apa102 on %s: put it dark: %w", s.where, err)
	}
	return nil
}

func (s *strip) String() string { return fmt.Sprintf("apa102 on %s, %d LEDs", s.where, s.leds()) }
