package sim

import (
	"fmt"
	"io/fs"
	"math/bits"
	"syscall"
	"time"

	"hillock/hw/edge"
	"periph.io/x/conn/v3/gpio"
)

// maxLines is the largest number of lines in one request: GPIO_V2_LINES_MAX.
const maxLines = 64

// OpenEdges requests pins as inputs and returns their edges, as the kernel's GPIO v2 interface does: all lines or none.
// Until Close, another use of these pins returns syscall.EBUSY. The times of the edges are those of the Pi's clock.
//
// The buffer has room for 16 edges a line, rounded up to a power of two (linereq_create and kfifo_alloc in the kernel).
// A full buffer drops its oldest edge. The kernel numbers the edges of each line; a gap in the numbers is the count of
// lost edges.
func (p *Pi) OpenEdges(lines []edge.Line) (edge.Port, error) {
	if len(lines) == 0 || len(lines) > maxLines {
		return nil, fmt.Errorf("sim: edges: want 1 to %d lines, got %d: %w", maxLines, len(lines), syscall.EINVAL)
	}
	p.desk.lock()
	defer p.desk.unlock()
	r := &request{pi: p, ring: make([]numbered, 1<<bits.Len(uint(maxPending*len(lines)-1)))}
	for _, l := range lines {
		if err := r.take(l); err != nil {
			r.release()
			return nil, err
		}
	}
	return r, nil
}

// request is one request for lines. The desk's lock guards it.
type request struct {
	pi     *Pi
	pins   []*Pin
	closed bool

	ring  []numbered
	first int // oldest unread edge in ring
	kept  int // unread edges
	lines [maxLines]numbers
}

// numbers are those of a line: of its latest edge, and of the latest one that Read returned.
type numbers struct{ latest, read int64 }

// numbered is an edge with its number in its line, from 1.
type numbered struct {
	edge.Edge
	seqno int64
}

// take makes a pin an input of the request.
func (r *request) take(l edge.Line) error {
	pin := r.pi.find(l.Pin)
	if pin == nil {
		return fmt.Errorf("sim: edges: %w", noPin(l.Pin))
	}
	var watch gpio.Edge
	if l.Rising {
		watch |= gpio.RisingEdge
	}
	if l.Falling {
		watch |= gpio.FallingEdge
	}
	switch {
	case watch == gpio.NoEdge:
		return fmt.Errorf("sim: %s: edges: neither rising nor falling edges are requested", pin)
	case l.Pull > gpio.PullUp:
		return fmt.Errorf("sim: %s: edges: unknown pull %s", pin, l.Pull)
	}
	if err := pin.refuses(); err != nil {
		return fmt.Errorf("sim: %s: edges: %w", pin, err)
	}
	pin.become(l.Pull, gpio.NoEdge, false) // the pull changes before the kernel reports edges
	pin.request, pin.line, pin.reported = r, len(r.pins), watch
	r.pins = append(r.pins, pin)
	return nil
}

// put adds an edge. A full ring drops its oldest edge.
func (r *request) put(line int, e Edge) {
	if r.kept == len(r.ring) {
		r.first = (r.first + 1) % len(r.ring)
		r.kept--
	}
	r.lines[line].latest++
	r.ring[(r.first+r.kept)%len(r.ring)] = numbered{edge.Edge{Line: line, At: e.At, Rising: e.Level == gpio.High}, r.lines[line].latest}
	r.kept++
}

// Read implements edge.Port.
func (r *request) Read(to []edge.Edge) (n int, err error) {
	r.pi.desk.lock()
	defer r.pi.desk.unlock()
	if r.closed {
		return 0, fmt.Errorf("sim: edges: read: %w", fs.ErrClosed)
	}
	for n < len(to) && r.kept > 0 {
		e := &r.ring[r.first]
		line := &r.lines[e.Line]
		e.Lost = e.seqno - line.read - 1
		to[n], line.read = e.Edge, e.seqno
		r.first = (r.first + 1) % len(r.ring)
		r.kept--
		n++
	}
	return n, nil
}

// Now implements edge.Port.
func (r *request) Now() time.Duration { return r.pi.clock.Now() }

// Close implements edge.Port. The pins stay inputs.
func (r *request) Close() error {
	r.pi.desk.lock()
	defer r.pi.desk.unlock()
	if r.closed {
		return fmt.Errorf("sim: edges: close: %w", fs.ErrClosed)
	}
	r.release()
	return nil
}

// release frees the pins.
func (r *request) release() {
	r.closed = true
	for _, pin := range r.pins {
		pin.request, pin.reported = nil, gpio.NoEdge
	}
}

// refuses returns the error of a program's use of the pin, or nil. Callers hold the lock.
func (p *Pin) refuses() error {
	if p.fault == nil && p.request != nil {
		return syscall.EBUSY
	}
	return p.fault
}

var _ edge.Port = &request{}
