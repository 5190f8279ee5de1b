package smoketest

import (
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// writeTime is the longest write cycle of both EEPROMs (M24C08 and M95080 datasheets: t_W).
const writeTime = 5 * time.Millisecond

// ds2483 is a Maxim DS2483, a bridge from I2C to 1-wire, at 0x18: its reset and its read pointer.
type ds2483 struct {
	pointer, command byte
	fresh            bool // no byte since the start condition
}

func (*ds2483) String() string { return "ds2483" }

func (c *ds2483) Start(time.Duration, bool) { c.fresh = true }

// Write takes a command and its parameter: 0xf0 resets the bridge, and 0xe1 sets the read pointer.
func (c *ds2483) Write(b byte) bool {
	if !c.fresh {
		c.pointer = b
		return c.command == 0xe1
	}
	c.command, c.fresh = b, false
	if b == 0xf0 {
		c.pointer = 0xf0 // the status register
	}
	return b == 0xf0 || b == 0xe1
}

// Read returns the status after a reset: bits RST and LL.
func (c *ds2483) Read() byte {
	if c.pointer != 0xf0 {
		return 0xff
	}
	return 0x18
}

// m24c08 is the first 256 bytes of an ST M24C08, an EEPROM on I2C at 0x50, with pages of 16 bytes.
type m24c08 struct {
	protect gpio.PinIn // write control: high protects
	memory  [256]byte
	addr    byte
	fresh   bool
	now     time.Duration
	busy    time.Duration // end of the write cycle
}

func (*m24c08) String() string { return "m24c08" }

func (c *m24c08) Start(now time.Duration, read bool) { c.now, c.fresh = now, !read }

// Write takes the address, and then data. It does not acknowledge a byte during a write cycle, nor data with write control high.
func (c *m24c08) Write(b byte) bool {
	switch {
	case c.now < c.busy && c.fresh:
		return false
	case c.fresh:
		c.addr, c.fresh = b, false
		return true
	case c.protect.Read() == gpio.High:
		return false
	}
	c.memory[c.addr] = b
	c.addr = c.addr&^0xf | (c.addr+1)&0xf // the address stays in its page
	c.busy = c.now + writeTime
	return true
}

func (c *m24c08) Read() byte {
	b := c.memory[c.addr]
	c.addr++
	return b
}

// m95080 is an ST M95080, an EEPROM on SPI with 1 KiB in pages of 32 bytes, in SPI mode 0.
type m95080 struct {
	protect gpio.PinIn // W: low protects the status register if its bit SRWD is set
	now     func() time.Duration

	memory  [1024]byte
	status  byte // SRWD, BP1, BP0
	enabled bool // write enable latch
	busy    time.Duration

	selected bool
	clocks   int
	in       []byte // of the transfer
	shift    byte
	out      byte
}

func (*m95080) String() string { return "m95080" }

// ClockRange returns at most 10 MHz, as the slowest variant has at 2.5 V.
func (*m95080) ClockRange() (lowest, highest physic.Frequency) { return 0, 10 * physic.MegaHertz }

// CS begins a transfer, or ends it: a write takes effect at its end.
func (c *m95080) CS(selected bool) {
	if c.selected && !selected && c.clocks%8 == 0 && len(c.in) > 0 {
		c.finish()
	}
	c.selected, c.clocks, c.in = selected, 0, nil
}

// SCLK takes a bit at the rising edge, and has the next one at the falling edge.
func (c *m95080) SCLK(level, din gpio.Level) {
	switch {
	case !c.selected:
	case level == gpio.High:
		c.shift <<= 1
		if din {
			c.shift |= 1
		}
		if c.clocks++; c.clocks%8 == 0 {
			c.in = append(c.in, c.shift)
		}
	case c.clocks%8 == 0 && c.reads():
		c.out = c.next()
	default:
		c.out <<= 1
	}
}

// DOUT is driven after the command and the address of a read.
func (c *m95080) DOUT() (level gpio.Level, driven bool) {
	return c.out&0x80 != 0, c.selected && c.reads()
}

const (
	writeStatus, write, read, disable, readStatus, enable = 1, 2, 3, 4, 5, 6
)

// reads reports whether the chip drives its output.
func (c *m95080) reads() bool {
	if len(c.in) == 0 {
		return false
	}
	return c.in[0] == readStatus || c.in[0] == read && len(c.in) >= 3 && c.now() >= c.busy
}

// next returns the next byte of a read.
func (c *m95080) next() byte {
	if c.in[0] == read {
		return c.memory[(c.addr()+len(c.in)-3)%len(c.memory)]
	}
	status := c.status
	if c.enabled {
		status |= 2
	}
	if c.now() < c.busy {
		status |= 1
	}
	return status
}

func (c *m95080) addr() int { return (int(c.in[1])<<8 | int(c.in[2])) % len(c.memory) }

// finish runs a writing command. During a write cycle the chip ignores it.
func (c *m95080) finish() {
	if c.now() < c.busy {
		return
	}
	switch command := c.in[0]; {
	case command == enable || command == disable:
		c.enabled = command == enable
	case !c.enabled:
	case command == writeStatus && len(c.in) == 2 && (c.status&0x80 == 0 || c.protect.Read() == gpio.High):
		c.status = c.in[1] & 0x8c
		c.enabled, c.busy = false, c.now()+writeTime
	case command == write && len(c.in) > 3 && c.status&0x0c == 0:
		for i, b := range c.in[3:] {
			page := c.addr() &^ 31
			c.memory[page|(c.addr()+i)&31] = b
		}
		c.enabled, c.busy = false, c.now()+writeTime
	}
}
