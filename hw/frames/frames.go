// Package frames draws a state that changes faster than its part can be written. A goroutine draws the latest state at
// a limited rate, or after each change. Changes to the state never wait.
//
// A missed picture is not drawn later: the next picture has the latest state. After a failed picture, the next one is
// tried at its own time. The package does not know the content of a picture.
package frames

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Patience is the longest wait of Halt for a transfer. A longer transfer is a fault.
const Patience = time.Second

// ErrHangs is the error of a transfer longer than Patience.
var ErrHangs = errors.New("a transfer hangs")

// Painter draws in its own goroutine from Start to Halt. Any goroutine may call its methods.
type Painter struct {
	part        string
	paint, dark func() error

	wake  chan struct{} // holds a value from Wake to the next picture; nil for pictures at a rate
	quit  chan struct{}
	once  sync.Once
	ended chan struct{}
	end   error // of dark, once ended is closed

	start    time.Time
	began    atomic.Int64 // start of the current picture, ns after start; 0: none
	pictures atomic.Int64
	failed   atomic.Int64
	fault    atomic.Pointer[error]
}

// Start returns a Painter. It calls paint at most once per period, and dark at Halt, both in one goroutine. The period must be more
// than 0. Messages begin with the name of the part.
func Start(part string, period time.Duration, paint, dark func() error) *Painter {
	p := &Painter{part: part, paint: paint, dark: dark, quit: make(chan struct{}), ended: make(chan struct{}), start: time.Now()}
	go p.run(period)
	return p
}

// faultPause is the time from a failed picture to the next one of a Painter that follows.
const faultPause = 500 * time.Millisecond

// Follow returns a Painter that calls paint after each Wake, as soon as it can: calls of Wake during a picture become one. After
// a failed picture it pauses for half a second. At Halt it calls dark.
func Follow(part string, paint, dark func() error) *Painter {
	p := &Painter{part: part, paint: paint, dark: dark, wake: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}), start: time.Now()}
	go p.follow()
	return p
}

// Wake asks a Painter of Follow for a picture. It never blocks.
func (p *Painter) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *Painter) follow() {
	defer close(p.ended)
	pause := time.NewTimer(faultPause)
	pause.Stop()
	for !p.halted() {
		select {
		case <-p.quit:
			continue
		case <-p.wake:
		}
		if p.picture() {
			continue
		}
		pause.Reset(faultPause)
		select {
		case <-p.quit:
		case <-pause.C:
		}
	}
	p.end = p.try(p.dark)
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

// picture draws a picture and reports whether the part took it.
func (p *Painter) picture() bool {
	p.began.Store(int64(max(time.Since(p.start), 1)))
	err := p.try(p.paint)
	p.began.Store(0)
	if err != nil {
		fault := err // escapes here: success allocates nothing
		p.failed.Add(1)
		p.fault.Store(&fault)
		return false
	}
	p.pictures.Add(1)
	p.fault.Store(nil)
	return true
}

// try turns a panic into an error: periph's SPI port for Linux panics when it is used after Close.
func (p *Painter) try(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: panic: %v", p.part, r)
		}
	}()
	return f()
}

// Halt ends the drawing, and returns after the part is dark, or with the error. It waits for a running transfer, but at
// most Patience; its error is then ErrHangs. The part is still in use until the transfer returns, and then turns dark.
// Do not close its bus before Ended.
func (p *Painter) Halt() error {
	p.once.Do(func() { close(p.quit) })
	patience := time.NewTimer(Patience)
	defer patience.Stop()
	select {
	case <-p.ended:
		return p.end
	case <-patience.C:
		return fmt.Errorf("%s: %w: the part is still on", p.part, ErrHangs)
	}
}

// Ended returns a channel, closed with the end of the goroutine. Nothing uses the part then.
func (p *Painter) Ended() <-chan struct{} { return p.ended }

// Pictures returns the number of drawn pictures.
func (p *Painter) Pictures() int64 { return p.pictures.Load() }

// Failed returns the number of failed pictures.
func (p *Painter) Failed() int64 { return p.failed.Load() }

// Fault returns the error of the latest picture, or nil. It returns ErrHangs while a picture takes longer than
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
