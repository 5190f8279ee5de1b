// Package line holds a GPIO pin at one of two levels, on and off, and keeps what came of it: it is what a pulse and a row
// of LEDs stand on.
//
// It never reads the pin back: on the kernel's character device that would turn it into an input. It never waits, and
// tries nothing again by itself.
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

// Line is a GPIO output. Its methods may be called from any goroutine: Halt ends what another one does with the line.
type Line struct {
	part   string
	pin    gpio.PinOut
	invert bool

	mu     sync.Mutex // held while the pin is used; no other lock is taken under it
	halted bool

	on     atomic.Bool // what was last put on the pin
	failed atomic.Int64
	fault  atomic.Pointer[error]
}

// New takes a pin as an output, off, for a part that its messages begin with. On is high, or low where it is inverted, as
// for an LED between 3V3 and the pin. Where the pin refuses, there is a line beside the error: it asks for the pin anew at
// each Set, for whoever does not give up.
func New(part string, p gpio.PinOut, invert bool) (*Line, error) {
	l := &Line{part: part, pin: p, invert: invert}
	return l, l.Set(false)
}

// Continue is a line that takes l's place on its pin, on or off as that is; its count of failures begins anew. Where it is
// inverted and l was not, or the other way, the pin changes its level. l is not to be used any more.
func (l *Line) Continue(invert bool) *Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := &Line{part: l.part, pin: l.pin, invert: invert, halted: l.halted}
	on, fault := l.on.Load(), l.fault.Load()
	next.on.Store(on)
	next.fault.Store(fault)
	if invert != l.invert && (on || fault == nil) {
		next.on.Store(!on) // what the same level now means
		_ = next.Set(on)   // kept as Fault
	}
	return next
}

// Set puts the line on or off. A refusal is kept as Fault. After Halt it does nothing and returns ErrHalted.
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

// Halt puts the line off for good and releases the pin; one that was refused, and not left on, is not ours to touch. It
// waits for a Set under way. A second Halt does nothing.
//
// From then on its level is the kernel's: that of Raspberry Pi OS leaves an output as it is, others make it the input with
// the pull that it is at power-up. An LED between 3V3 and the pin is dark with the first, and gets tens of uA at most with
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
	l.release()
	return err
}

// On is what was last put on the pin.
func (l *Line) On() bool { return l.on.Load() }

// Failed is how often the pin refused a level.
func (l *Line) Failed() int64 { return l.failed.Load() }

// Fault is why the pin refused its latest level, nil when it took it.
func (l *Line) Fault() error {
	if e := l.fault.Load(); e != nil {
		return *e
	}
	return nil
}

func (l *Line) String() string { return fmt.Sprint(l.pin) }

// refused keeps the fault and gives up the pin: gpioioctl takes a line whose first Out failed for requested and would
// next write to file descriptor 0; released, it is requested anew.
func (l *Line) refused(err error) error {
	err = fmt.Errorf("%s: %s: %w", l.part, l.pin.Name(), err)
	l.failed.Add(1)
	l.fault.Store(&err)
	l.release()
	return err
}

// release gives a line of the kernel's character device back, so that another program can have it. The pins of other
// drivers have nothing to give back.
func (l *Line) release() {
	if c, ok := l.pin.(interface{ Close() }); ok {
		c.Close()
	}
}

var _ conn.Resource = &Line{}
