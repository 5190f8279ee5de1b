// Package pca9685 controls servos through an NXP PCA9685: 16 channels of pulse width modulation on I2C, 12 bits each. Sections are
// those of its datasheet, revision 4 of 16 April 2015.
//
// The driver of periph (devices/v3/pca9685 v3.7.4) is for a chip with one user: NewI2C sets all 16 channels to 0 and sleeps for
// 205 ms, the prescaler is one too large, and Halt of a pin divides by zero. This driver writes to the channels in use alone,
// keeps the settings of a running chip, and sleeps for 0.5 ms at most.
package pca9685

import (
	"errors"
	"fmt"
	"math"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// The registers (section 7.3, table 4) and their bits.
const (
	mode1    = 0x00
	mode2    = 0x01
	led0     = 0x06 // ON_L of channel 0; each channel has ON_L, ON_H, OFF_L, OFF_H
	prescale = 0xFE

	restart = 0x80 // MODE1 (section 7.3.1)
	extClk  = 0x40
	autoInc = 0x20
	sleep   = 0x10
	subs    = 0x0E // answers at subaddresses
	allCall = 0x01

	outDrv = 0x04 // MODE2 (section 7.3.2): totem pole
	full   = 0x10 // ON_H and OFF_H (section 7.3.3): always on, always off
)

const (
	oscillator = 25_000_000 // Hz, inside the chip (section 5)
	steps      = 4096       // of a period
	startUp    = 500 * time.Microsecond
)

// Channels is the number of channels.
const Channels = 16

// DefaultAddress is the address with all six address pins low.
const DefaultAddress = 0x40

// ErrOtherChip is the error for the answers of another chip.
var ErrOtherChip = errors.New("another chip answers")

// Dev is an open chip. Its methods belong to one goroutine; other Devs may use other channels of the chip.
type Dev struct {
	c    i2c.Dev
	pre  byte
	used [Channels]bool
}

// NewI2C returns the chip at an address, with a frequency of 24 Hz to 1526 Hz for all channels (section 7.3.5). It wakes a sleeping
// chip, and leaves an awake one of this frequency as it is.
func NewI2C(b i2c.Bus, address uint16, f physic.Frequency) (*Dev, error) {
	pre := math.Round(oscillator*float64(physic.Hertz)/(steps*float64(f))) - 1
	if !(pre >= 3 && pre <= 255) {
		return nil, fmt.Errorf("pca9685: frequency must be from 24Hz to 1526Hz, got %s", f)
	}
	d := &Dev{c: i2c.Dev{Bus: b, Addr: address}, pre: byte(pre)}
	return d, d.wake()
}

// Period returns the time between two pulses of a channel, as the chip makes it.
func (d *Dev) Period() time.Duration {
	return time.Duration(int(d.pre)+1) * steps * time.Second / oscillator
}

// wake brings the chip into use, unless it is so already. The supply of a module may fail: the chip then sleeps, with all channels off
// and without the automatic increment of registers.
func (d *Dev) wake() error {
	mode, err := d.read(mode1)
	if err != nil {
		return err
	}
	if mode&(subs|extClk) != 0 { // this driver sets none of them, and no reset does (table 5)
		return fmt.Errorf("pca9685: %w: MODE1 reads %#02x", ErrOtherChip, mode)
	}
	pre, err := d.read(prescale)
	if err != nil {
		return err
	}
	if mode&(sleep|autoInc) == autoInc && pre == d.pre {
		return nil
	}
	for _, w := range [][2]byte{
		{mode1, sleep | autoInc | mode&allCall}, // PRE_SCALE can be written in sleep alone (section 7.3.5)
		{prescale, d.pre},
		{mode2, outDrv},
		{mode1, autoInc | mode&allCall},
	} {
		if err := d.write(w[:]...); err != nil {
			return err
		}
	}
	time.Sleep(startUp) // of the oscillator, 500 us at most (table 5)
	if mode, err = d.read(mode1); err == nil && mode&restart != 0 {
		err = d.write(mode1, mode) // a 1 to RESTART: the other channels go on (section 7.3.1.1)
	}
	if err != nil {
		return err
	}
	if pre, err = d.read(prescale); err == nil && pre != d.pre {
		err = fmt.Errorf("pca9685: %w: PRE_SCALE reads %#02x after %#02x", ErrOtherChip, pre, d.pre)
	}
	return err
}

// Pulse sets the width of the pulses of a channel, up to a period. It wakes a chip after a loss of its supply.
func (d *Dev) Pulse(channel int, width time.Duration) error {
	if err := check(channel); err != nil {
		return err
	}
	n := math.Round(steps * float64(width) / float64(d.Period()))
	if !(n >= 1 && n < steps) {
		return fmt.Errorf("pca9685: width must be more than 0 and less than %v, got %v", d.Period(), width)
	}
	if err := d.wake(); err != nil {
		return err
	}
	d.used[channel] = true
	return d.write(led0+byte(4*channel), 0, 0, byte(int(n)), byte(int(n)>>8)) // on at step 0, off at step n
}

// Off ends the pulses of a channel. A servo without pulses is limp.
func (d *Dev) Off(channel int) error {
	if err := check(channel); err != nil {
		return err
	}
	return d.write(led0+byte(4*channel)+3, full)
}

// Halt ends the pulses of the channels in use by this Dev.
func (d *Dev) Halt() error {
	var all []error
	for channel, used := range d.used {
		if used {
			all = append(all, d.Off(channel))
		}
	}
	return errors.Join(all...)
}

func (d *Dev) String() string { return fmt.Sprintf("pca9685{%s}", &d.c) }

func check(channel int) error {
	if channel < 0 || channel >= Channels {
		return fmt.Errorf("pca9685: channel must be from 0 to %d, got %d", Channels-1, channel)
	}
	return nil
}

func (d *Dev) read(register byte) (byte, error) {
	var r [1]byte
	if err := d.c.Tx([]byte{register}, r[:]); err != nil {
		return 0, fmt.Errorf("pca9685: %w", err)
	}
	return r[0], nil
}

func (d *Dev) write(b ...byte) error {
	if err := d.c.Tx(b, nil); err != nil {
		return fmt.Errorf("pca9685: %w", err)
	}
	return nil
}

var _ conn.Resource = &Dev{}
