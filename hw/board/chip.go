package board

import (
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/analog"
)

// reopenEvery is how often a lost part is reopened.
const reopenEvery = 500 * time.Millisecond

// chip is an ADC on its port, and the knobs on its channels. What it holds belongs to whoever has taken it.
type chip struct {
	part     OnChip // one of its channels; what is of the chip is the same for all
	pi       Pi
	taken    chan struct{} // holds one while it is
	gone     atomic.Bool   // the board is closed
	dev      Chip          // nil while closed: periph's port panics on a transfer after Close
	knobs    []*Knob
	openings int           // how often it was opened again
	next     time.Duration // when it may be opened again
	closed   error         // why it could not be, while it is closed
}

func (c *chip) open() (err error) {
	c.dev, err = c.part.OpenChip(c.pi)
	return err
}

// take takes the chip for a read, unless somebody has it or the board is closed.
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
		_ = c.close() // nobody waited for it
	}
	<-c.taken
}

// end closes the chip for good. It does not wait for long: a transfer that hangs closes it when it returns.
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

// reopen closes the chip and opens it again, no more often than reopenEvery, and tells whether there is something to
// read from: not before its time, and not while the port cannot be opened.
func (c *chip) reopen(now time.Duration) bool {
	if now < c.next {
		return false
	}
	c.next = now + reopenEvery
	_ = c.close() // whatever is wrong with it, it is given up
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
