package sim

import (
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"
)

// MCP4725 is a Microchip MCP4725: a 12-bit digital-to-analog converter with an EEPROM on I2C. It is modelled byte by byte from its
// datasheet, DS22039D. The supply is the reference voltage: code 4095 is one step below it. Its address is 0x60 to 0x67: the part's
// number has the upper bits, and the pin A0 has the lowest (section 7.2). Not modelled are the general call, the settling time
// and the wake-up time.
type MCP4725 struct {
	mu      sync.Mutex
	vdd     physic.ElectricPotential
	fault   ChipFault
	code    int  // in the DAC register
	down    byte // its bits PD1 and PD0
	updates uint64

	stored     int // code in the EEPROM
	storedDown byte
	writes     int           // of the EEPROM
	busy       time.Duration // end of the latest write to the EEPROM

	now   time.Duration // of the transaction
	count int           // of its bytes so far
	bytes [3]byte       // of a command
}

// eepromWrite is the longest duration of a write to the EEPROM (DS22039D, electrical characteristics).
const eepromWrite = 50 * time.Millisecond

// NewMCP4725 returns a chip at 3.3 V. EEPROM and output are at half scale, as the chip is delivered.
func NewMCP4725() *MCP4725 {
	return &MCP4725{vdd: 3300 * physic.MilliVolt, code: 2048, stored: 2048}
}

// Code returns the code in the DAC register, 0 to 4095.
func (c *MCP4725) Code() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code
}

// Voltage returns the voltage at VOUT: VDD*code/4096 (equation 4-1), or 0 V in a power-down mode.
func (c *MCP4725) Voltage() physic.ElectricPotential {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault == NoOutput || c.down != 0 {
		return 0
	}
	return c.vdd * physic.ElectricPotential(c.code) / 4096
}

// Updates returns the number of writes to the DAC register.
func (c *MCP4725) Updates() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.updates
}

// EEPROM returns the code in the EEPROM and the number of writes to it.
func (c *MCP4725) EEPROM() (code, writes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stored, c.writes
}

// SetVDD sets the supply, from 2.7 V to 5.5 V.
func (c *MCP4725) SetVDD(v physic.ElectricPotential) error {
	if v < minVDD || v > maxVDD {
		return fmt.Errorf("sim: %s: vdd must be from %s to %s, got %s", c, minVDD, maxVDD, v)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.vdd = v
	return nil
}

// SetFault loosens the wire at VOUT with NoOutput. The other faults have no effect: for a chip without supply, unplug it.
func (c *MCP4725) SetFault(f ChipFault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = f
}

// String implements I2CChip.
func (c *MCP4725) String() string { return "mcp4725" }

// Start implements I2CChip.
func (c *MCP4725) Start(now time.Duration, read bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.count = now, 0
}

// Write implements I2CChip (section 6.1). The bits C2, C1 and C0 of the first byte select the command. In fast mode, 00x, two
// bytes set the power-down bits and the code. The commands 010 and 011 have three bytes, and 011 writes the EEPROM too. All
// bytes may be repeated. The chip takes reserved commands without an effect, and ignores commands during a write to its EEPROM.
func (c *MCP4725) Write(b byte) (ack bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes[c.count] = b
	c.count++
	switch first := c.bytes[0]; {
	case first>>6 == 0 && c.count == 2: // figure 6-1
		c.set(first>>4&3, int(first&15)<<8|int(b), false)
	case first>>6 != 0 && c.count == 3: // figure 6-2
		if command := first >> 5; command == 2 || command == 3 {
			c.set(first>>1&3, int(c.bytes[1])<<4|int(b>>4), command == 3)
		}
	default:
		return true
	}
	c.count = 0
	return true
}

func (c *MCP4725) set(down byte, code int, store bool) {
	if c.now < c.busy {
		return
	}
	c.down, c.code = down, code
	c.updates++
	if store {
		c.storedDown, c.stored, c.busy = down, code, c.now+eepromWrite
		c.writes++
	}
}

// Read implements I2CChip: status, DAC register and EEPROM, repeated (section 6.2, figure 6-3).
func (c *MCP4725) Read() byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	status := 0x40 | c.down<<1 // POR is high while the supply is
	if c.now >= c.busy {
		status |= 0x80
	}
	all := [5]byte{status, byte(c.code >> 4), byte(c.code << 4), c.storedDown<<5 | byte(c.stored>>8), byte(c.stored)}
	b := all[c.count%len(all)]
	c.count = (c.count + 1) % len(all)
	return b
}

var _ I2CChip = &MCP4725{}
