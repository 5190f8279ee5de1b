package sim

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

const (
	minVDD = 2700 * physic.MilliVolt
	maxVDD = 5500 * physic.MilliVolt
)

// MCP3xxx is a Microchip MCP3001 to MCP3304 with a Knob on each input and VREF wired to VDD. It is modelled from its
// datasheet, clock edge by clock edge; of its analog side only the noise is. The sections in the comments are those of
// DS21295D, the MCP3008's; the others have theirs under the same numbers, the MCP33xx in section 6.
type MCP3xxx struct {
	kind
	name  string
	knobs []Knob
	vdd   atomic.Int64 // physic.ElectricPotential
	noise noise
	fault atomic.Int32
	float floating // of the wire's, as what follows

	selected bool
	rises    int // rising edges from the start bit on, which is the first; 0 before it
	config   int // the bits after the start bit
	falls    int // falling edges from the one that puts out the null bit
	result   int
}

// kind is in what the models differ.
type kind struct {
	channels int
	bits     int  // of the result, with the sign
	signed   bool // the difference of two inputs is
	// The lowest clock, and the highest at 2.7 V and at 5 V, in kHz.
	lowest, at27, at50 int64
}

// kinds returns the family, each with the limits of section 1.0 and section 6.2; those of the MCP33xx at 2.7 V are of
// DS21700B and DS21697B, the later ones have 5 V alone.
func kinds() map[string]kind {
	return map[string]kind{
		"mcp3001": {1, 10, false, 14, 1050, 2800},
		"mcp3002": {2, 10, false, 14, 1200, 3200},
		"mcp3004": {4, 10, false, 10, 1350, 3600},
		"mcp3008": {8, 10, false, 10, 1350, 3600},
		"mcp3201": {1, 12, false, 10, 800, 1600},
		"mcp3202": {2, 12, false, 10, 900, 1800},
		"mcp3204": {4, 12, false, 10, 1000, 2000},
		"mcp3208": {8, 12, false, 10, 1000, 2000},
		"mcp3301": {1, 13, true, 85, 850, 1700},
		"mcp3302": {4, 13, true, 105, 1050, 2100},
		"mcp3304": {8, 13, true, 105, 1050, 2100},
	}
}

// NewMCP3xxx returns the chip of a name, "mcp3001" to "mcp3304", at 3.3 V, its knobs at 0 and without noise.
func NewMCP3xxx(model string) (*MCP3xxx, error) {
	k, ok := kinds()[strings.ToLower(model)]
	if !ok {
		return nil, fmt.Errorf("sim: no such chip: %q: there are mcp3001, 3002, 3004, 3008, 3201, 3202, 3204, 3208, 3301, 3302, 3304", model)
	}
	return newMCP3xxx(strings.ToLower(model), k), nil
}

// NewMCP3008 returns a chip with 8 channels at 3.3 V, its knobs at 0 and without noise.
func NewMCP3008() *MCP3xxx {
	return newMCP3xxx("mcp3008", kinds()["mcp3008"])
}

// NewMCP3004 returns a chip with 4 channels at 3.3 V, its knobs at 0 and without noise.
func NewMCP3004() *MCP3xxx {
	return newMCP3xxx("mcp3004", kinds()["mcp3004"])
}

func newMCP3xxx(name string, k kind) *MCP3xxx {
	c := &MCP3xxx{kind: k, name: name, knobs: make([]Knob, max(k.channels, 2))}
	c.float = newFloating(len(c.knobs))
	for i := range c.knobs {
		c.knobs[i].chip = c
	}
	c.vdd.Store(int64(3300 * physic.MilliVolt))
	return c
}

// Knob returns the knob on a channel, or nil if the chip has no such channel. On a chip of one channel 0 is its pin
// IN+ and 1 its pin IN-, which at 0 is wired to ground.
func (c *MCP3xxx) Knob(channel int) *Knob {
	if channel < 0 || channel >= len(c.knobs) {
		return nil
	}
	return &c.knobs[channel]
}

// SetNoise adds to every code a whole number from -counts to counts, each as likely as the others; the sum stays
// within the chip's codes. The same seed gives the same numbers to the same conversions. 0 counts, or fewer, are no
// noise.
func (c *MCP3xxx) SetNoise(counts int, seed uint64) {
	c.noise.set(min(counts, c.steps()-1), seed)
}

// ChipFault is a wire of a chip's supply that is loose.
type ChipFault int32

// What can be wrong with a chip.
const (
	ChipGood    ChipFault = iota
	NoSupply              // VDD or DGND: it drives nothing
	NoReference           // VREF: what is above ground is above it too, and has the highest code
)

// String returns "good", "no supply" or "no reference".
func (f ChipFault) String() string {
	names := [...]string{"good", "no supply", "no reference"}
	if 0 <= f && int(f) < len(names) {
		return names[f]
	}
	return fmt.Sprintf("ChipFault(%d)", int32(f))
}

// SetFault takes a wire of the supply off, or with ChipGood puts them all back.
func (c *MCP3xxx) SetFault(f ChipFault) { c.fault.Store(int32(f)) }

// Fault is the wire that is off.
func (c *MCP3xxx) Fault() ChipFault { return ChipFault(c.fault.Load()) }

// SetVDD sets the supply, and with it the reference voltage, from 2.7 V to 5.5 V. The knobs keep their positions.
func (c *MCP3xxx) SetVDD(v physic.ElectricPotential) error {
	if v < minVDD || v > maxVDD {
		return fmt.Errorf("sim: %s: vdd must be from %s to %s, got %s", c.name, minVDD, maxVDD, v)
	}
	c.vdd.Store(int64(v))
	return nil
}

// VDD returns the supply, which is the reference voltage too.
func (c *MCP3xxx) VDD() physic.ElectricPotential {
	return physic.ElectricPotential(c.vdd.Load())
}

// String implements Chip.
func (c *MCP3xxx) String() string {
	return c.name
}

// ClockRange implements Chip. Section 1.0 gives the highest clock for two supplies, 2.7 V and 5 V; between them it is
// taken from the straight line.
func (c *MCP3xxx) ClockRange() (lowest, highest physic.Frequency) {
	const v1, v2 = int64(2700), int64(5000) // mV
	f1, f2 := physic.Frequency(c.at27)*physic.KiloHertz, physic.Frequency(c.at50)*physic.KiloHertz
	v := min(c.vdd.Load()/int64(physic.MilliVolt), v2)
	return physic.Frequency(c.lowest) * physic.KiloHertz, f1 + (f2-f1)*physic.Frequency(v-v1)/physic.Frequency(v2-v1)
}

// CS implements Chip.
func (c *MCP3xxx) CS(selected bool) {
	c.selected = selected
	c.rises, c.config, c.falls = 0, 0, 0
}

// SCLK implements Chip; section 5.0 and figures 5-1 and 5-2. DIN is sampled on rising edges, DOUT changes on falling
// ones.
func (c *MCP3xxx) SCLK(level, din gpio.Level) {
	switch {
	case !c.selected:
	case level == gpio.High:
		c.rise(din)
	default:
		c.fall()
	}
}

// configEnd is the rising edge of the last configuration bit, counted from the start bit, and sampleEnd the one after
// which the sample is taken and the null bit put out: SGL/DIFF, ODD/SIGN and MSBF of two channels, at once; SGL/DIFF, D2,
// D1 and D0 of more, one clock later; without DIN none, and the sample begins with the first edge.
func (k kind) configEnd() int {
	switch k.channels {
	case 1:
		return 0
	case 2:
		return 4
	}
	return 5
}

func (k kind) sampleEnd() int {
	switch k.channels {
	case 1:
		return 2
	case 2:
		return 4
	}
	return 6
}

// steps is how many codes there are from ground to VREF.
func (k kind) steps() int {
	if k.signed {
		return 1 << (k.bits - 1)
	}
	return 1 << k.bits
}

func (c *MCP3xxx) rise(din gpio.Level) {
	switch {
	case c.rises == 0 && din == gpio.Low && c.channels > 1: // leading zeros, section 6.1
	case c.rises < c.sampleEnd():
		c.rises++
		if c.rises > 1 && c.rises <= c.configEnd() {
			c.config <<= 1
			if din {
				c.config |= 1
			}
		}
	}
}

func (c *MCP3xxx) fall() {
	if c.rises < c.sampleEnd() {
		return
	}
	if c.falls == 0 {
		c.result = c.convert()
	}
	if c.falls <= c.lastBit() {
		c.falls++
	}
}

// The falling edges of a result: the null bit with the first, then the result MSB first up to lsb, and LSB first up to
// lastBit, as the two share B0.
const nullBit = 1

func (c *MCP3xxx) lsb() int { return nullBit + c.bits }

// lastBit is the end of the LSB-first data, which two channels have on demand: not with MSBF set (section 5.1, whose
// last sentences contradict the first and the name).
func (c *MCP3xxx) lastBit() int {
	if c.channels == 2 && c.config&1 != 0 {
		return c.lsb()
	}
	return c.lsb() + c.bits - 1
}

// DOUT implements Chip. Before the null bit the output is in high impedance, after the last bit it is low for ever.
func (c *MCP3xxx) DOUT() (level gpio.Level, driven bool) {
	switch f := c.falls; {
	case f == 0 || c.Fault() == NoSupply:
		return gpio.Low, false
	case f == nullBit || f > c.lastBit():
		return gpio.Low, true
	case f <= c.lsb():
		return c.result>>(c.lsb()-f)&1 != 0, true
	default:
		return c.result>>(f-c.lsb())&1 != 0, true
	}
}

// convert samples the input that config selects, and returns its code; one below 0 in two's complement (MCP33xx, section
// 6.1).
func (c *MCP3xxx) convert() int {
	single, channel := c.selection()
	v, lowest := c.float.sample(channel, &c.knobs[channel]), 0
	if !single {
		// The lowest bit swaps the two of a pair, so that the channel is the number of IN+.
		v -= c.float.sample(channel^1, &c.knobs[channel^1])
		if c.signed {
			lowest = -c.steps()
		}
	}
	return min(max(c.code(v)+c.noise.next(), lowest), c.steps()-1)
}

// selection reads config; tables 5-1 and 5-2. D2 is "don't care" on chips of four channels.
func (c *MCP3xxx) selection() (single bool, channel int) {
	switch c.channels {
	case 1:
		return false, 0
	case 2:
		return c.config&4 != 0, c.config >> 1 & 1
	}
	return c.config&8 != 0, c.config & 7 % c.channels
}

// code is steps * V_in / V_ref, equation 4-2, with V_in in units of V_ref: 0, or with a sign -steps, at the least, and
// the highest code from one step below V_ref on (section 5.0).
func (c *MCP3xxx) code(v float64) int {
	lowest := 0
	if c.signed {
		lowest = -c.steps()
	}
	if c.Fault() == NoReference && v > 0 {
		return c.steps() - 1
	}
	return min(max(int(math.Floor(v*float64(c.steps()))), lowest), c.steps()-1)
}

// position is the lowest one of a knob that converts to a code. It is exact: the divisor is a power of 2.
func (c *MCP3xxx) position(code int) float64 {
	return float64(min(max(code, 0), c.steps()-1)) / float64(c.steps())
}

var _ Chip = &MCP3xxx{}
