package edge

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/internal/request"
)

// Offsets of struct gpio_v2_line_event in the kernel's include/uapi/linux/gpio.h, in the byte order of the machine.
const (
	eventTime   = 0  // u64, ns on CLOCK_MONOTONIC
	eventID     = 8  // u32: 1 rising, 2 falling
	eventOffset = 12 // u32
	eventNumber = 20 // u32: line_seqno, the number of the event on its line, from 1
	eventSize   = 48
)

// chipPort is a request to a chip of the kernel.
type chipPort struct {
	lines map[uint32]int // by offset
	last  []uint32       // number of the latest event, by line
	buf   [64 * eventSize]byte

	mu     sync.Mutex // guards fd
	fd     int
	closed bool
}

// Open requests lines of a chip such as /dev/gpiochip0, all or none. offsets are their numbers on the chip, by line. A line in use is the
// error Busy. The kernel keeps 1024 edges that are not read, and drops the oldest ones then.
func Open(chip string, offsets []uint32, lines []Line) (Port, error) {
	p := &chipPort{lines: map[uint32]int{}, last: make([]uint32, len(lines))}
	var all []request.Line
	for i, l := range lines {
		p.lines[offsets[i]] = i
		all = append(all, request.Line{Offset: offsets[i], Flags: l.flags()})
	}
	var err error
	if p.fd, err = request.Open(chip, all...); err != nil {
		if i, holder := request.FirstUsed(chip, offsets); i >= 0 && errors.Is(err, unix.EBUSY) {
			err = Busy{i, holder, err}
		}
		return nil, err
	}
	if err := unix.SetNonblock(p.fd, true); err != nil {
		return nil, errors.Join(os.NewSyscallError("fcntl", err), p.Close())
	}
	return p, nil
}

// flags returns the line's flags for a request.
func (l Line) flags() uint64 {
	flags := uint64(request.Input)
	if l.Rising {
		flags |= request.Rising
	}
	if l.Falling {
		flags |= request.Falling
	}
	switch l.Pull {
	case gpio.PullUp:
		flags |= request.PullUp
	case gpio.PullDown:
		flags |= request.PullDown
	default:
		flags |= request.PullOff
	}
	return flags
}

// Read implements Port.
func (p *chipPort) Read(to []Edge) (n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, os.ErrClosed
	}
	for n < len(to) {
		room := min(len(p.buf), (len(to)-n)*eventSize)
		got, err := unix.Read(p.fd, p.buf[:room])
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return n, nil
		case err != nil:
			return n, os.NewSyscallError("read", err)
		case got == 0 || got%eventSize != 0:
			return n, fmt.Errorf("read: got %d bytes of edges, want a multiple of %d", got, eventSize)
		}
		for event := range len(p.buf[:got]) / eventSize {
			to[n] = p.edge(p.buf[event*eventSize:])
			n++
		}
		if got < room {
			return n, nil
		}
	}
	return n, nil
}

// edge returns an edge from the kernel's bytes.
func (p *chipPort) edge(b []byte) Edge {
	order := binary.NativeEndian
	line, number := p.lines[order.Uint32(b[eventOffset:])], order.Uint32(b[eventNumber:])
	e := Edge{Line: line, At: time.Duration(order.Uint64(b[eventTime:])), Rising: order.Uint32(b[eventID:]) == 1, Lost: int64(number - p.last[line] - 1)}
	p.last[line] = number
	return e
}

// Now implements Port.
func (p *chipPort) Now() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic(fmt.Sprintf("edge: clock_gettime: %v", err)) // the clock is part of the kernel's interface
	}
	return time.Duration(t.Nano())
}

// Close implements Port.
func (p *chipPort) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.closed = true
	return os.NewSyscallError("close", unix.Close(p.fd))
}
