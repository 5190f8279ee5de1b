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

// MCP3xxx is a Microchip MCP3001 to MCP3304 with a Knob on each input and VREF wired to VDD. It is modelled clock edge
// by clock edge from its datasheet. Of the analog side, only the noise is modelled. Sections in the comments are of
// DS21295D, for the MCP3008; the other datasheets number them alike, those of the MCP33xx in section 6.
type MCP3xxx struct {
	kind
	name  string
	knobs []Knob
	vdd   atomic.Int64 // physic.ElectricPotential
	noise noise
	fault atomic.Int32
	float floating // used on the wire only, as the fields below

	selected bool
	rises    int // rising edges, from 1 at the start bit; 0 before it
	config   int // bits after the start bit
	falls    int // falling edges, from 1 at the null bit
	result   int
}

// kind holds the differences between the models.
type kind struct {
	channels int
	bits     int  // of the result, sign included
	signed   bool // differential results have a sign
	// Lowest clock, highest clock at 2.7 V, highest clock at 5 V; in kHz.
	lowest, at27, at50 int64
}

// kinds returns the family, with the limits of sections 1.0 and 6.2. The limits of the MCP33xx at 2.7 V are from
// DS21700B and DS21697B; later revisions state them for 5 V only.
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

// NewMCP3xxx returns a chip by name, "mcp3001" to "mcp3304". It has 3.3 V, knobs at position 0 and no noise.
func NewMCP3xxx(model string) (*MCP3xxx, error) {
	k, ok := kinds()[strings.ToLower(model)]
	if !ok {
		return nil, fmt.Errorf("sim: unknown chip %q: use mcp3001, 3002, 3004, 3008, 3201, 3202, 3204, 3208, 3301, 3302 or 3304", model)
	}
	return newMCP3xxx(strings.ToLower(model), k), nil
}

// NewMCP3008 returns a chip with 8 channels at 3.3 V, knobs at position 0 and no noise.
func NewMCP3008() *MCP3xxx {
	return newMCP3xxx("mcp3008", kinds()["mcp3008"])
}

// NewMCP3004 returns a chip with 4 channels at 3.3 V, knobs at position 0 and no noise.
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

// Knob returns the knob on a channel, or nil if the chip has no such channel. On a chip with one channel, knob 0 is at
// the pin IN+ and knob 1 at the pin IN-, whose position 0 is ground.
func (c *MCP3xxx) Knob(channel int) *Knob {
	if channel < 0 || channel >= len(c.knobs) {
		return nil
	}
	return &c.knobs[channel]
}

// SetNoise adds a whole number from -codes to codes to every code, evenly distributed. The sum stays within the range
// of the chip. The same seed gives the same noise to the same conversions. Fewer than 1 code is no noise.
func (c *MCP3xxx) SetNoise(codes int, seed uint64) {
	c.noise.set(min(codes, c.steps()-1), seed)
}

// ChipFault is a loose wire of a chip, other than those of its bus.
type ChipFault int32

// The faults of a chip.
const (
	ChipGood    ChipFault = iota
	NoSupply              // VDD or ground is loose: the chip drives nothing
	NoReference           // VREF is loose: to an ADC every voltage above ground has the highest code; the output of a DAC is 0 V
	NoLatch               // LDAC of a DAC is loose and stays high: its output does not change
	NoOutput              // VOUT of a DAC is loose: 0 V at the probe
)

// String returns "good", "no supply", "no reference", "no latch" or "no output".
func (f ChipFault) String() string {
	names := [...]string{"good", "no supply", "no reference", "no latch", "no output"}
	if 0 <= f && int(f) < len(names) {
		return names[f]
	}
	return fmt.Sprintf("ChipFault(%d)", int32(f))
}

// SetFault loosens a wire of the supply. ChipGood puts all wires back.
func (c *MCP3xxx) SetFault(f ChipFault) { c.fault.Store(int32(f)) }

// Fault returns the loose wire.
func (c *MCP3xxx) Fault() ChipFault { return ChipFault(c.fault.Load()) }

// SetVDD sets the supply and the reference voltage, from 2.7 V to 5.5 V. The knobs keep their positions.
func (c *MCP3xxx) SetVDD(v physic.ElectricPotential) error {
	if v < minVDD || v > maxVDD {
		return fmt.Errorf("sim: %s: vdd must be from %s to %s, got %s", c.name, minVDD, maxVDD, v)
	}
	c.vdd.Store(int64(v))
	return nil
}

// VDD returns the supply. It is also the reference voltage.
func (c *MCP3xxx) VDD() physic.ElectricPotential {
	return physic.ElectricPotential(c.vdd.Load())
}

// String implements Chip.
func (c *MCP3xxx) String() string {
	return c.name
}

// ClockRange implements Chip. Section 1.0 states the highest clock at 2.7 V and at 5 V; between them it is
// interpolated.
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

// SCLK implements Chip (section 5.0, figures 5-1 and 5-2). DIN is sampled on rising edges. DOUT changes on falling
// edges.
func (c *MCP3xxx) SCLK(level, din gpio.Level) {
	switch {
	case !c.selected:
	case level == gpio.High:
		c.rise(din)
	default:
		c.fall()
	}
}

// configEnd returns the rising edge of the last configuration bit, counted from the start bit. sampleEnd returns the
// rising edge before the null bit, at the end of the sample. Chips with two channels take SGL/DIFF, ODD/SIGN and MSBF,
// and both edges are the same. Chips with more channels take SGL/DIFF, D2, D1 and D0; the sample ends one clock later.
// Chips without DIN take no bits and sample from the first edge on.
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

// steps returns the number of codes from ground to VREF.
func (k kind) steps() int {
	if k.signed {
		return 1 << (k.bits - 1)
	}
	return 1 << k.bits
}

func (c *MCP3xxx) rise(din gpio.Level) {
	switch {
	case c.rises == 0 && din == gpio.Low && c.channels > 1: // leading zeros (section 6.1)
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

// Falling edges of a result: the null bit at the first, then the result MSB first up to lsb, then LSB first up to
// lastBit. The two orders share B0.
const nullBit = 1

func (c *MCP3xxx) lsb() int { return nullBit + c.bits }

// lastBit returns the end of the LSB-first data. Chips with two channels send that data only with MSBF clear. (Section
// 5.1 says so first; its last sentences contradict that and the bit's name.)
func (c *MCP3xxx) lastBit() int {
	if c.channels == 2 && c.config&1 != 0 {
		return c.lsb()
	}
	return c.lsb() + c.bits - 1
}

// DOUT implements Chip. Before the null bit the output is high impedance. After the last bit it stays low.
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

// convert samples the selected input and returns its code. A negative code of an MCP33xx is in two's complement
// (section 6.1).
func (c *MCP3xxx) convert() int {
	single, channel := c.selection()
	v, lowest := c.float.sample(channel, &c.knobs[channel]), 0
	if !single {
		// The lowest bit of config swaps the inputs of a pair: channel is the number of IN+.
		v -= c.float.sample(channel^1, &c.knobs[channel^1])
		if c.signed {
			lowest = -c.steps()
		}
	}
	return min(max(c.code(v)+c.noise.next(), lowest), c.steps()-1)
}

// selection decodes config (tables 5-1 and 5-2). D2 is "don't care" on chips with four channels.
func (c *MCP3xxx) selection() (single bool, channel int) {
	switch c.channels {
	case 1:
		return false, 0
	case 2:
		return c.config&4 != 0, c.config >> 1 & 1
	}
	return c.config&8 != 0, c.config & 7 % c.channels
}

// code returns steps * V_in / V_ref (equation 4-2), with v = V_in / V_ref. The lowest code is 0, or -steps with a sign.
// The highest code begins one step below V_ref (section 5.0).
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

// position returns the lowest position that converts to a code. It is exact: the divisor is a power of 2.
func (c *MCP3xxx) position(code int) float64 {
	return float64(min(max(code, 0), c.steps()-1)) / float64(c.steps())
}

var _ Chip = &MCP3xxx{}
