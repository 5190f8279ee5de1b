// Package frames shows a state that changes faster than its part can be written: a goroutine draws what is there, no more
// often than a rate, so that whoever changes the state waits for nobody. A strip of LEDs and a display stand on it.
//
// What was not drawn in time is not made up for: the next picture is of the latest state. A picture that fails is tried
// again, as that of its time, with the next. The package knows nothing of pictures.
package frames

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Patience is how long Halt waits for a transfer, and how long one takes before it is a fault.
const Patience = time.Second

// ErrHangs says that a transfer has not returned for longer than Patience.
var ErrHangs = errors.New("a transfer hangs")

// Painter draws in its goroutine, from Start to Halt. Its methods may be called from any.
type Painter struct {
	part        string
	paint, dark func() error

	quit  chan struct{}
	once  sync.Once
	ended chan struct{}
	end   error // of dark, from ended on

	start    time.Time
	began    atomic.Int64 // when the picture under way was begun, ns after start; 0: there is none
	pictures atomic.Int64
	failed   atomic.Int64
	fault    atomic.Pointer[error]
}

// Start calls paint now and then with at least a period, more than 0, from one beginning to the next, and dark when it is
// halted, both in one goroutine. Messages begin with the part.
func Start(part string, period time.Duration, paint, dark func() error) *Painter {
	p := &Painter{part: part, paint: paint, dark: dark, quit: make(chan struct{}), ended: make(chan struct{}), start: time.Now()}
	go p.run(period)
	return p
}

func (p *Painter) run(period time.Duration) {
	defer close(p.ended)
	next := time.NewTimer(period)
	defer next.Stop()
	for !p.halted() {
		next.Reset(period)
		p.picture()
		select {
		case <-p.quit:
		case <-next.C:
		}
	}
	p.end = p.try(p.dark)
}

func (p *Painter) halted() bool {
	select {
	case <-p.quit:
		return true
	default:
		return false
	}
}

func (p *Painter) picture() {
	p.began.Store(int64(max(time.Since(p.start), 1)))
	err := p.try(p.paint)
	p.began.Store(0)
	if err != nil {
		fault := err // so that a picture without one allocates nothing
		p.failed.Add(1)
		p.fault.Store(&fault)
		return
	}
	p.pictures.Add(1)
	p.fault.Store(nil)
}

// try makes a panic an error: periph's SPI port for Linux panics where it is used after its end.
func (p *Painter) try(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: panic: %v", p.part, r)
		}
	}()
	return f()
}

// Halt ends the drawing, and returns when the part was left dark, or why it was not. It waits for a transfer under way, but
// no longer than Patience: then its error is an ErrHangs. The part is still in use, and goes dark, when that transfer
// returns; what it is on must not be closed before Ended.
func (p *Painter) Halt() error {
	p.once.Do(func() { close(p.quit) })
	patience := time.NewTimer(Patience)
	defer patience.Stop()
	select {
	case <-p.ended:
		return p.end
	case <-patience.C:
		return fmt.Errorf("%s: %w: it was not left dark", p.part, ErrHangs)
	}
}

// Ended is closed when the goroutine has ended: from then on nothing uses the part.
func (p *Painter) Ended() <-chan struct{} { return p.ended }

// Pictures is how many were drawn.
func (p *Painter) Pictures() int64 { return p.pictures.Load() }

// Failed is how many were not, for an error.
func (p *Painter) Failed() int64 { return p.failed.Load() }

// Fault is why the latest picture was not drawn, nil when it was; an ErrHangs when it is under way for longer than
// Patience.
func (p *Painter) Fault() error {
	if began := p.began.Load(); began > 0 && time.Since(p.start)-time.Duration(began) > Patience {
		return fmt.Errorf("%s: %w", p.part, ErrHangs)
	}
	if e := p.fault.Load(); e != nil {
		return *e
	}
	return nil
}
