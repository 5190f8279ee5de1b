// Package line sets a GPIO output on or off and keeps its last error. Pulses and rows of LEDs use it. A Group sets
// several outputs together.
//
// It never reads the pin back: on the kernel's character device, a read turns an output into an input. It never waits
// and never retries by itself.
package line

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"
)

// ErrHalted is the error of Set after Halt.
var ErrHalted = errors.New("the line is halted")

// Line is a GPIO output. Any goroutine may call its methods: Halt ends the use of the line by another goroutine.
type Line struct {
	part   string
	pin    gpio.PinOut
	invert bool

	mu     sync.Mutex // guards the pin; no other lock is taken under it
	halted bool

	on     atomic.Bool // last state of the pin
	failed atomic.Int64
	fault  atomic.Pointer[error]
}

// New makes a pin an output, off. part begins its messages. On is high; with invert it is low, as for an LED between
// 3V3 and the pin. If the pin refuses, New returns an error and a Line: each Set asks for the pin again.
func New(part string, p gpio.PinOut, invert bool) (*Line, error) {
	l := &Line{part: part, pin: p, invert: invert}
	return l, l.Set(false)
}

// Continue returns a line that replaces l on its pin, in the same state. Its count of failures starts at 0. If invert
// changes, the pin changes its level. Do not use l afterwards.
func (l *Line) Continue(invert bool) *Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := &Line{part: l.part, pin: l.pin, invert: invert, halted: l.halted}
	on, fault := l.on.Load(), l.fault.Load()
	next.on.Store(on)
	next.fault.Store(fault)
	if invert != l.invert && (on || fault == nil) {
		next.on.Store(!on) // the same level has the opposite meaning
		_ = next.Set(on)   // see Fault
	}
	return next
}

// Set turns the line on or off. Fault keeps a refusal. After Halt, Set does nothing and returns ErrHalted.
func (l *Line) Set(on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.halted {
		return ErrHalted
	}
	return l.set(on)
}

func (l *Line) set(on bool) error {
	if err := l.pin.Out(gpio.Level(on != l.invert)); err != nil {
		return l.refused(err)
	}
	l.on.Store(on)
	if l.fault.Load() != nil {
		l.fault.Store(nil)
	}
	return nil
}

// Halt turns the line off for good and releases the pin. It does not touch a pin that refused, unless it was left on.
// It waits for a running Set. A second Halt does nothing.
//
// After that, the kernel decides the level. Raspberry Pi OS leaves an output as it is. Other systems make it an input
// with its pull at power-up. An LED between 3V3 and the pin is dark in the first case, and gets at most tens of uA in
// the second.
func (l *Line) Halt() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.halted {
		return nil
	}
	l.halted = true
	if l.fault.Load() != nil && !l.on.Load() {
		return nil
	}
	err := errors.Join(l.set(false), l.pin.Halt())
	release(l.pin)
	return err
}

// On returns the last state of the pin.
func (l *Line) On() bool { return l.on.Load() }

// Failed returns the number of refusals by the pin.
func (l *Line) Failed() int64 { return l.failed.Load() }

// Fault returns the error of the latest Set, or nil.
func (l *Line) Fault() error {
	if e := l.fault.Load(); e != nil {
		return *e
	}
	return nil
}

func (l *Line) String() string { return fmt.Sprint(l.pin) }

// refused keeps the fault and releases the pin. gpioioctl treats a line as requested even if its first Out failed, and
// would next write to file descriptor 0. After the release it requests the line again.
func (l *Line) refused(err error) error {
	err = fmt.Errorf("%s: %s: %w", l.part, l.pin.Name(), err)
	l.failed.Add(1)
	l.fault.Store(&err)
	release(l.pin)
	return err
}

// release returns a line of the kernel's character device, so that another program can use it. Pins of other drivers
// need no release.
func release(p gpio.PinOut) {
	if c, ok := p.(interface{ Close() }); ok {
		c.Close()
	}
}

var _ conn.Resource = &Line{}
