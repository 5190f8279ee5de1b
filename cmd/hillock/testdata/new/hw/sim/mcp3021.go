package sim

import (
	"time"

	"periph.io/x/conn/v3/physic"
)

// MCP3021 is a Microchip MCP3021 (DS21805B), an analog-to-digital converter of 10 bits on I2C with a Knob on its input. Its
// reference is its supply.
type MCP3021 struct {
	knob Knob
	next [2]byte // to be read
}

// NewMCP3021 returns a chip at 3.3 V, its knob at 0.
func NewMCP3021() *MCP3021 {
	c := new(MCP3021)
	c.knob.chip = c
	return c
}

// Knob returns the knob on its input.
func (c *MCP3021) Knob() *Knob { return &c.knob }

// VDD is the voltage at the upper end of the knob.
func (c *MCP3021) VDD() physic.ElectricPotential { return 3300 * physic.MilliVolt }

// position implements converter.
func (c *MCP3021) position(code int) float64 { return float64(code) / 1024 }

// String implements I2CChip.
func (c *MCP3021) String() string { return "mcp3021" }

// Start implements I2CChip. Each pair of bytes is a conversion.
func (c *MCP3021) Start(time.Duration, bool) {
	at, _ := c.knob.wiper()
	code := min(int(at*1024), 1023)
	c.next = [2]byte{byte(code >> 6), byte(code << 2)}
}

// Write implements I2CChip: there is nothing to write.
func (c *MCP3021) Write(byte) (ack bool) { return true }

// Read implements I2CChip.
func (c *MCP3021) Read() byte {
	b := c.next[0]
	c.next[0], c.next[1] = c.next[1], b
	return b
}
