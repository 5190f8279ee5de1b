package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

const (
	maxCode = 1023 // 10 bits
	minVDD  = 2700 * physic.MilliVolt
	maxVDD  = 5500 * physic.MilliVolt
)

// MCP300x is a Microchip MCP3004 or MCP3008 with a Knob on each channel and VREF wired to VDD. It is modelled from
// its datasheet, DS21295D, clock edge by clock edge; of its analog side only the noise is.
type MCP300x struct {
	name  string
	knobs []Knob
	vdd   atomic.Int64 // physic.ElectricPotential

	mu    sync.Mutex // the noise
	noise int        // counts
	rng   *rand.Rand

	selected bool
	rises    int  // rising edges from the start bit on, which is the first; 0 before it
	config   byte // SGL/DIFF, D2, D1, D0
	falls    int  // falling edges from the one that puts out the null bit
	result   int
}

// NewMCP3008 returns a chip with 8 channels at 3.3 V, its knobs at 0 and without noise.
func NewMCP3008() *MCP300x {
	return newMCP300x("mcp3008", 8)
}

// NewMCP3004 returns a chip with 4 channels at 3.3 V, its knobs at 0 and without noise.
func NewMCP3004() *MCP300x {
	return newMCP300x("mcp3004", 4)
}

func newMCP300x(name string, channels int) *MCP300x {
	c := &MCP300x{name: name, knobs: make([]Knob, channels)}
	for i := range c.knobs {
		c.knobs[i].chip = c
	}
	c.vdd.Store(int64(3300 * physic.MilliVolt))
	return c
}

// Knob returns the knob on a channel, or nil if the chip has no such channel.
func (c *MCP300x) Knob(channel int) *Knob {
	if channel < 0 || channel >= len(c.knobs) {
		return nil
	}
	return &c.knobs[channel]
}

// SetNoise adds to every code a whole number from -counts to counts, each as likely as the others; the sum stays
// within 0 to 1023. The same seed gives the same numbers to the same conversions. 0 counts, or fewer, are no noise.
func (c *MCP300x) SetNoise(counts int, seed uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.noise = min(max(counts, 0), maxCode)
	c.rng = rand.New(rand.NewPCG(seed, 0))
}

// SetVDD sets the supply, and with it the reference voltage, from 2.7 V to 5.5 V. The knobs keep their positions.
func (c *MCP300x) SetVDD(v physic.ElectricPotential) error {
	if v < minVDD || v > maxVDD {
		return fmt.Errorf("sim: %s: vdd must be from %s to %s, got %s", c.name, minVDD, maxVDD, v)
	}
	c.vdd.Store(int64(v))
	return nil
}

// VDD returns the supply, which is the reference voltage too.
func (c *MCP300x) VDD() physic.ElectricPotential {
	return physic.ElectricPotential(c.vdd.Load())
}

// String implements Chip.
func (c *MCP300x) String() string {
	return c.name
}

// ClockRange implements Chip. Section 1.0 gives the highest clock for two supplies, 1.35 MHz at 2.7 V and 3.6 MHz at
// 5 V; between them it is taken from the straight line. The lowest one is that of section 6.2.
func (c *MCP300x) ClockRange() (lowest, highest physic.Frequency) {
	const (
		f1, f2 = 1350 * physic.KiloHertz, 3600 * physic.KiloHertz
		v1, v2 = int64(2700), int64(5000) // mV
	)
	v := min(c.vdd.Load()/int64(physic.MilliVolt), v2)
	return 10 * physic.KiloHertz, f1 + (f2-f1)*physic.Frequency(v-v1)/physic.Frequency(v2-v1)
}

// CS implements Chip.
func (c *MCP300x) CS(selected bool) {
	c.selected = selected
	c.rises, c.config, c.falls = 0, 0, 0
}

// SCLK implements Chip; section 5.0 and figures 5-1 and 5-2. DIN is sampled on rising edges, DOUT changes on falling
// ones.
func (c *MCP300x) SCLK(level, din gpio.Level) {
	switch {
	case !c.selected:
	case level == gpio.High:
		c.rise(din)
	default:
		c.fall()
	}
}

// The rising edges of a conversion, counted from the start bit.
const (
	startBit  = 1
	configEnd = 5 // SGL/DIFF, D2, D1 and D0 came on edges 2 to 5
	sampleEnd = 6 // one more clock; the sample is taken on the falling edge after it
)

func (c *MCP300x) rise(din gpio.Level) {
	switch {
	case c.rises == 0 && din == gpio.Low: // leading zeros, section 6.1
	case c.rises < startBit:
		c.rises = startBit
	case c.rises < configEnd:
		c.rises++
		c.config <<= 1
		if din {
			c.config |= 1
		}
	case c.rises < sampleEnd:
		c.rises++
	}
}

func (c *MCP300x) fall() {
	if c.rises < sampleEnd {
		return
	}
	if c.falls == 0 {
		c.result = c.convert()
	}
	if c.falls <= lastBit {
		c.falls++
	}
}

// The falling edges of a result: the null bit with the first, B9 to B0 with 2 to 11, and B1 to B9 with 12 to 20, as
// the LSB-first data shares B0.
const (
	nullBit = 1
	lsb     = 11
	lastBit = 20
)

// DOUT implements Chip. Before the null bit the output is in high impedance, after the last bit it is low for ever.
func (c *MCP300x) DOUT() (level gpio.Level, driven bool) {
	switch f := c.falls; {
	case f == 0:
		return gpio.Low, false
	case f == nullBit || f > lastBit:
		return gpio.Low, true
	case f <= lsb:
		return c.result>>(lsb-f)&1 != 0, true
	default:
		return c.result>>(f-lsb)&1 != 0, true
	}
}

// convert samples the input that config selects; tables 5-1 and 5-2. D2 is "don't care" on the MCP3004.
func (c *MCP300x) convert() int {
	const single = 0x8
	channel := int(c.config&0x7) % len(c.knobs)
	v := c.knobs[channel].Position()
	if c.config&single == 0 {
		// D0 swaps the two of a pair, so that D2..D0 is the number of IN+.
		v -= c.knobs[channel^1].Position()
	}
	return min(max(code(v)+c.hiss(), 0), maxCode)
}

// code is 1024 * V_in / V_ref, equation 4-2, with V_in in units of V_ref: 0 where IN+ is below IN-, and 1023 from one
// step below V_ref on (section 5.0).
func code(v float64) int {
	return min(max(int(math.Floor(v*(maxCode+1))), 0), maxCode)
}

// hiss is the noise on one conversion.
func (c *MCP300x) hiss() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.noise == 0 {
		return 0
	}
	return c.rng.IntN(2*c.noise+1) - c.noise
}

var _ Chip = &MCP300x{}
