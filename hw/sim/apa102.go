package sim

import (
	"image/color"
	"slices"
	"sync"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// APA102 is a strip of Shiji APA102 LEDs on the data and clock wires of a port. It has no chip select and no data
// output. 32 zeros begin a picture. Each LED takes one frame of 32 bits: three ones, 5 bits of brightness, then 8 bits
// each of blue, green and red (datasheet APA102-C, "Cascading data structure"). The delay of half a clock from LED to
// LED is not modelled, nor are the transfers of other ports of the bus.
type APA102 struct {
	mu    sync.Mutex
	leds  []color.NRGBA
	zeros int    // in a row, up to the latest bit
	next  int    // LED of the next frame; len(leds): none
	frame uint32 // its bits so far
	bits  int
}

// NewAPA102 returns a dark strip.
func NewAPA102(leds int) *APA102 { return &APA102{leds: make([]color.NRGBA, leds), next: leds} }

// LEDs returns the colors of the LEDs, the first at the cable. The alpha is the brightness: 255 for the highest.
func (s *APA102) LEDs() []color.NRGBA {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.leds)
}

// String implements Chip.
func (s *APA102) String() string { return "apa102" }

// CS implements Chip. A strip has no such wire.
func (s *APA102) CS(bool) {}

// SCLK implements Chip. The strip takes a bit at the rising clock.
func (s *APA102) SCLK(level, din gpio.Level) {
	if !level {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.zeros++
	if din {
		s.zeros = 0
	}
	if s.zeros >= 32 {
		s.next, s.frame, s.bits = 0, 0, 0
	}
	if s.next == len(s.leds) || s.bits == 0 && !din {
		return // a frame begins with a one
	}
	s.frame <<= 1
	if din {
		s.frame |= 1
	}
	if s.bits++; s.bits < 32 {
		return
	}
	f := s.frame
	s.leds[s.next] = color.NRGBA{R: uint8(f), G: uint8(f >> 8), B: uint8(f >> 16), A: uint8(f >> 24 & 31 * 255 / 31)}
	s.next, s.frame, s.bits = s.next+1, 0, 0
}

// DOUT implements Chip.
func (s *APA102) DOUT() (level gpio.Level, driven bool) { return gpio.Low, false }

// ClockRange implements Chip. The datasheet has no limits.
func (s *APA102) ClockRange() (lowest, highest physic.Frequency) { return 0, 0 }
