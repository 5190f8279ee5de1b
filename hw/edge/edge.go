// Package edge has the changes of level on GPIO inputs, each with its time.
//
// One request has all lines: the order of its edges is the order in which they came. Periph's WaitForEdge drops the
// time of an edge; a Port keeps it.
package edge

import (
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Line is one input of a request and the edges to report.
type Line struct {
	Pin             string // such as GPIO17
	Rising, Falling bool
	Pull            gpio.Pull // PullUp, PullDown or Float
}

// Edge is one change of level.
type Edge struct {
	Line   int           // index in the request
	At     time.Duration // CLOCK_MONOTONIC; on a virtual Pi, the time of its clock
	Rising bool
	Lost   int64 // edges of its line right before it, dropped by a full buffer
}

// Port is one request for lines. It holds the lines until Close.
type Port interface {
	// Read fills to with the oldest unread edges and returns their number. It never waits.
	Read(to []Edge) (n int, err error)
	// Now returns the time on the clock of the edges.
	Now() time.Duration
	Close() error
}

// Busy is the error of Open for a line in use.
type Busy struct {
	Line   int    // index in the request
	Holder string // the consumer of the line in the kernel, such as "hillock@812"; may be empty
	Err    error  // syscall.EBUSY, with the call
}

func (b Busy) Error() string { return b.Err.Error() }
func (b Busy) Unwrap() error { return b.Err }
