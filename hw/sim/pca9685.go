package sim

import (
	"sync"
	"time"
)

// PCA9685 is an NXP PCA9685: 16 channels of pulse width modulation on I2C, for servos. It is modelled register by register from its
// datasheet, revision 4. Not modelled are the all-call address 0x70, subaddresses, the software reset, the pin OE and the tolerance
// of the oscillator.
type PCA9685 struct {
	mu        sync.Mutex // guards all fields
	registers [256]byte
	pointer   byte
	count     int      // of bytes since the start
	waits     [16]bool // channels that need a restart, or new values, after sleep
}

// The registers of a PCA9685 (table 4).
const (
	pcaMode1    = 0x00
	pcaLED0     = 0x06
	pcaLast     = 0x45 // OFF_H of channel 15
	pcaAll      = 0xFA // ON_L of all channels
	pcaPrescale = 0xFE

	pcaRestart, pcaAutoInc, pcaSleep = 0x80, 0x20, 0x10
)

// NewPCA9685 returns a chip after power-up: asleep, with all channels off.
func NewPCA9685() *PCA9685 {
	c := &PCA9685{}
	c.PowerUp()
	return c
}

// PowerUp resets all registers, as after a loss of the supply (table 4).
func (c *PCA9685) PowerUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.registers = [256]byte{pcaMode1: pcaSleep | 0x01, 0x01: 0x04, 0x02: 0xE2, 0x03: 0xE4, 0x04: 0xE8, 0x05: 0xE0, pcaPrescale: 0x1E}
	for r := pcaLED0 + 3; r <= pcaLast; r += 4 {
		c.registers[r] = 0x10
	}
	c.pointer, c.waits = 0, [16]bool{}
}

// Pulse returns the width of the pulses of a channel, 0 without pulses.
func (c *PCA9685) Pulse(channel int) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.registers[pcaMode1]&pcaSleep != 0 || c.waits[channel] {
		return 0
	}
	r := c.registers[pcaLED0+4*channel:]
	step := time.Duration(int(c.registers[pcaPrescale])+1) * time.Second / 25_000_000
	switch { // section 7.3.3
	case r[3]&0x10 != 0:
		return 0
	case r[1]&0x10 != 0:
		return 4096 * step
	}
	on, off := int(r[0])|int(r[1]&0x0F)<<8, int(r[2])|int(r[3]&0x0F)<<8
	return time.Duration((off-on+4096)%4096) * step
}

// String implements I2CChip.
func (c *PCA9685) String() string { return "pca9685" }

// Start implements I2CChip.
func (c *PCA9685) Start(time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count = 0
}

// Write implements I2CChip: the register, then its value. With the bit AI the next byte goes to the next register (section 7.2).
func (c *PCA9685) Write(b byte) (ack bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count++; c.count == 1 {
		c.pointer = b
		return true
	}
	c.set(c.pointer, b)
	c.next()
	return true
}

// Read implements I2CChip.
func (c *PCA9685) Read() byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.registers[c.pointer]
	if c.pointer >= pcaAll && c.pointer < pcaPrescale {
		b = 0 // the registers for all channels are for writing
	}
	c.next()
	return b
}

// next moves to the next register.
func (c *PCA9685) next() {
	if c.registers[pcaMode1]&pcaAutoInc == 0 {
		return
	}
	if c.pointer++; c.pointer == pcaLast+1 {
		c.pointer = 0
	}
}

// set writes a register.
func (c *PCA9685) set(r, b byte) {
	switch {
	case r == pcaMode1:
		c.mode1(b)
	case r == pcaPrescale && c.registers[pcaMode1]&pcaSleep == 0: // section 7.3.5: blocked while the chip is awake
	case r == pcaPrescale:
		c.registers[r] = max(b, 3)
	case r >= pcaAll && r < pcaPrescale:
		for channel := range c.waits {
			c.channel(byte(pcaLED0+4*channel)+r-pcaAll, b)
		}
	case r >= pcaLED0 && r <= pcaLast:
		c.channel(r, b)
	case r < pcaLED0:
		c.registers[r] = b
	}
}

// channel writes a register of a channel. The channel then goes on without a restart.
func (c *PCA9685) channel(r, b byte) {
	c.registers[r] = b & 0x1F
	if (r-pcaLED0)%2 == 0 {
		c.registers[r] = b
	}
	c.waits[(r-pcaLED0)/4] = false
}

// mode1 writes MODE1 (section 7.3.1). Sleep sets RESTART if a channel had pulses, and a written 1 clears it.
func (c *PCA9685) mode1(b byte) {
	was := c.registers[pcaMode1]
	flag := was & pcaRestart
	switch {
	case was&pcaSleep == 0 && b&pcaSleep != 0:
		for channel := range c.waits {
			off := c.registers[pcaLED0+4*channel+3]&0x10 != 0
			if c.waits[channel] = !off; !off {
				flag = pcaRestart
			}
		}
	case was&pcaSleep == 0 && b&pcaRestart != 0:
		flag, c.waits = 0, [16]bool{}
	}
	c.registers[pcaMode1] = b&^pcaRestart | flag
}

var _ I2CChip = &PCA9685{}
