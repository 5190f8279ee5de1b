package board

import (
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/analog"
)

// reopenEvery is the time between two attempts to reopen a lost part.
const reopenEvery = 500 * time.Millisecond

// chip is an ADC on its port, with the knobs on its channels. Its fields belong to the goroutine with a value in taken.
type chip struct {
	part     OnChip // one of the inputs on the chip; all have the same port and model
	pi       Pi
	taken    chan struct{} // holds a value while a goroutine uses the chip
	gone     atomic.Bool   // the board is closed
	dev      Chip          // nil while closed: a transfer after Close would panic in periph's port
	knobs    []*Knob
	openings int           // the number of times it was reopened
	next     time.Duration // the earliest time to reopen it
	closed   error         // the error of the latest attempt to reopen it
}

func (c *chip) open() (err error) {
	c.dev, err = c.part.OpenChip(c.pi)
	return err
}

// take takes the chip for a read. It returns false if the chip is in use or the board is closed.
func (c *chip) take() bool {
	select {
	case c.taken <- struct{}{}:
	default:
		return false
	}
	if c.gone.Load() {
		<-c.taken
		return false
	}
	return true
}

func (c *chip) release() {
	if c.gone.Load() {
		_ = c.close() // end has returned already
	}
	<-c.taken
}

// end closes the chip for good. It waits for at most 100 ms: release closes the chip after a hanging transfer.
func (c *chip) end() error {
	c.gone.Store(true)
	select {
	case c.taken <- struct{}{}:
		defer func() { <-c.taken }()
		return c.close()
	case <-time.After(100 * time.Millisecond):
		return nil
	}
}

func (c *chip) close() error {
	if c.dev == nil {
		return nil
	}
	err := c.dev.Close()
	c.dev = nil
	return err
}

// reopen closes the chip and opens it again, at most once per reopenEvery. It reports whether a knob can be read now: not
// before the next attempt, and not while the port refuses to open.
func (c *chip) reopen(now time.Duration) bool {
	if now < c.next {
		return false
	}
	c.next = now + reopenEvery
	_ = c.close() // the chip is given up, even after an error
	if c.closed = c.open(); c.closed != nil {
		for _, k := range c.knobs {
			k.bad(c.closed)
		}
		return false
	}
	c.openings++
	for _, k := range c.knobs {
		if err := k.connect(); err != nil {
			k.bad(err)
		}
	}
	return true
}

func (c *chip) read(ch Channel) (analog.Sample, error) {
	if c.dev == nil {
		return analog.Sample{}, c.closed
	}
	return ch.Read()
}
