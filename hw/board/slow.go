package board

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Slow is an input with a reading longer than a tick. Its own goroutine reads the part again and again, and the loop takes
// the latest answer. A failed part is reopened until it answers.
type Slow struct {
	gauge
	input string // its name
	open  func() (Sensor, error)
	part  Sensor        // belongs to the goroutine
	turn  chan struct{} // holds a value during a reading of a shared part: the channels of a chip have one converter

	answers atomic.Uint64
	seen    uint64 // the number of answers that Current has taken
	asked   bool

	once        sync.Once
	stop, ended chan struct{}
}

// The pause between two readings, so that a slow part does not occupy a CPU, and the pause after a failed reading.
const (
	slowPause  = 10 * time.Millisecond
	faultPause = reopenEvery
)

// newSlow opens the part of an input on a Pi and starts to read it.
func newSlow(input string, part BesideLoop, pi Pi, turn chan struct{}) (*Slow, error) {
	open := func() (Sensor, error) { return part.OpenSensor(pi) }
	sensor, err := open()
	if err != nil {
		return nil, err
	}
	s := &Slow{gauge: newGauge(part), input: input, open: open, part: sensor, turn: turn, stop: make(chan struct{}), ended: make(chan struct{})}
	s.knob.Ends = Ends(part, sensor)
	s.state.Store(int32(Holding)) // until the first answer
	go s.run()
	return s, nil
}

func newGauge(part Turned) gauge {
	k := part.Calibration()
	curve, _ := part.(Curved)
	return gauge{knob: k, curve: curve, smooth: newSmooth(k.Median, k.Average), late: fmt.Errorf("%s: no answer in time: a transfer hangs or is slow", part)}
}

// Current returns the current in nA from the latest answer, for the tick due at now. It does not wait.
func (s *Slow) Current(now time.Duration) float64 {
	if !s.asked {
		s.asked = true
		s.good.Store(int64(now))
	}
	if n := s.answers.Load(); n != s.seen {
		s.seen = n
		s.good.Store(int64(now))
		s.fault.Store(nil)
		return s.fresh()
	}
	if s.fault.Load() != nil || s.seen == 0 || now-time.Duration(s.good.Load()) >= s.knob.StaleAfter {
		return s.stale(now)
	}
	return s.fresh()
}

// stale returns the result of Hold, but reports no fault during the wait for the first answer.
func (s *Slow) stale(now time.Duration) float64 {
	if s.seen == 0 && s.fault.Load() == nil && now-time.Duration(s.good.Load()) < s.knob.StaleAfter {
		return 0
	}
	return s.Hold(now)
}

// run reads the part until it is stopped. A panic in the driver counts as a failed part.
func (s *Slow) run() {
	defer close(s.ended)
	defer func() {
		if p := recover(); p != nil {
			s.bad(fmt.Errorf("panic in the driver of %s: %v", s.input, p))
		}
	}()
	defer func() {
		if s.part != nil {
			_ = s.part.End() // the part is given up, even after an error
		}
	}()
	for pause := time.Duration(0); ; {
		select {
		case <-s.stop:
			return
		case <-time.After(pause):
		}
		pause = slowPause
		if err := s.ask(); err != nil {
			s.bad(err)
			pause = faultPause
		}
	}
}

// ask reads the part once. It closes a failed part and reopens it at the next call.
func (s *Slow) ask() (err error) {
	if s.part == nil {
		if s.part, err = s.open(); err != nil {
			return err
		}
		s.forget()
	}
	raw, err := s.read()
	if err != nil {
		part := s.part
		s.part = nil
		return errors.Join(err, part.End())
	}
	s.answer(raw)
	s.answers.Add(1)
	return nil
}

func (s *Slow) read() (int32, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.part.Raw()
}

// end stops the goroutine. It waits for at most 100 ms: a hanging transfer ends later.
func (s *Slow) end() {
	s.once.Do(func() { close(s.stop) })
	select {
	case <-s.ended:
	case <-time.After(100 * time.Millisecond):
	}
}
