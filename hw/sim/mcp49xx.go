package sim

import (
	"fmt"
	"strings"
	"sync"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// MCP49xx is a Microchip MCP4921 or MCP4922: a digital-to-analog converter of 12 bits with one or two channels on SPI. LDAC is at
// ground, and VREF at VDD. It is modelled clock edge by clock edge from its datasheets, DS21897B and DS22248A. The chip has no data output.
// Not modelled are the settling time and the buffer of VREF.
type MCP49xx struct {
	name string

	mu       sync.Mutex
	vdd      physic.ElectricPotential
	fault    ChipFault
	channels []dacChannel

	// Of the transfer:
	selected bool
	word     uint16
	clocks   int
}

// dacChannel is a channel of a DAC with its output register.
type dacChannel struct {
	code    int
	twice   bool // bit GA is low: a gain of 2
	active  bool // bit SHDN is high
	updates uint64
}

// NewMCP49xx returns a chip by name, "mcp4921" or "mcp4922", at 3.3 V. Its outputs are shut down, as after power-up
// (DS22248A, section 4.2.3).
func NewMCP49xx(model string) (*MCP49xx, error) {
	channels := map[string]int{"mcp4921": 1, "mcp4922": 2}[strings.ToLower(model)]
	if channels == 0 {
		return nil, fmt.Errorf("sim: unknown chip %q: use mcp4921 or mcp4922", model)
	}
	return &MCP49xx{name: strings.ToLower(model), vdd: 3300 * physic.MilliVolt, channels: make([]dacChannel, channels)}, nil
}

// Channels returns the number of channels.
func (c *MCP49xx) Channels() int { return len(c.channels) }

// Code returns the code in the output register of a channel, 0 or 1 for A or B. It is 0 after power-up.
func (c *MCP49xx) Code(channel int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.channels[channel].code
}

// Updates returns the number of writes to the output register of a channel.
func (c *MCP49xx) Updates(channel int) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.channels[channel].updates
}

// Voltage returns the voltage at VOUT of a channel: VREF*gain*code/4096, at most VDD (equation 4-1), or 0 V for a channel that is
// shut down.
func (c *MCP49xx) Voltage(channel int) physic.ElectricPotential {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.channels[channel]
	switch {
	case !ch.active, c.fault == NoSupply, c.fault == NoReference, c.fault == NoOutput:
		return 0
	case ch.twice:
		return min(c.vdd, c.vdd*physic.ElectricPotential(2*ch.code)/4096)
	}
	return c.vdd * physic.ElectricPotential(ch.code) / 4096
}

// SetVDD sets the supply and the reference voltage, from 2.7 V to 5.5 V.
func (c *MCP49xx) SetVDD(v physic.ElectricPotential) error {
	if v < minVDD || v > maxVDD {
		return fmt.Errorf("sim: %s: vdd must be from %s to %s, got %s", c.name, minVDD, maxVDD, v)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.vdd = v
	return nil
}

// SetFault loosens a wire of the chip. ChipGood puts all wires back.
func (c *MCP49xx) SetFault(f ChipFault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = f
}

// String implements Chip.
func (c *MCP49xx) String() string { return c.name }

// ClockRange implements Chip (section 1.0).
func (c *MCP49xx) ClockRange() (lowest, highest physic.Frequency) { return 0, 20 * physic.MegaHertz }

// CS implements Chip (section 5.2). At its release the chip takes a word of 16 clocks, and drops a shorter one.
func (c *MCP49xx) CS(selected bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.selected && !selected && c.clocks == 16 {
		c.take()
	}
	c.selected, c.word, c.clocks = selected, 0, 0
}

// SCLK implements Chip. The chip takes a bit at the rising clock and ignores all clocks after the 16th.
func (c *MCP49xx) SCLK(level, din gpio.Level) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.selected || level == gpio.Low || c.clocks == 16 {
		return
	}
	c.clocks++
	c.word <<= 1
	if din {
		c.word |= 1
	}
}

// take executes a word (register 5-1). Bit 15 selects channel B. A chip with one channel ignores such a word. LDAC at ground
// passes the input register on to the output register at once.
func (c *MCP49xx) take() {
	channel := int(c.word >> 15)
	if c.fault == NoSupply || c.fault == NoLatch || channel >= len(c.channels) {
		return
	}
	ch := &c.channels[channel]
	ch.code, ch.twice, ch.active = int(c.word&0xfff), c.word&0x2000 == 0, c.word&0x1000 != 0
	ch.updates++
}

// DOUT implements Chip.
func (c *MCP49xx) DOUT() (level gpio.Level, driven bool) { return gpio.Low, false }

var _ Chip = &MCP49xx{}
