package doctor

import (
	"context"
	"fmt"
	"math"
	"time"

	"hillock/config"
)

// swing is the codes of a channel while a hand moves an input.
type swing struct {
	low, high int
	between   bool // a code lay well between the two ends
	fell      bool // the lowest code came after the highest one
}

// watch reads all channels while the hand moves the input, after the caution.
func (k *knob) watch(caution string) ([]swing, error) {
	all := make([]swing, k.Chip.Channels)
	for ch := range all {
		all[ch].low, all[ch].high = math.MaxInt, -1
	}
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(k.ctx)
	defer func() { // the hand stops before watch returns, even if a read fails
		stop()
		for range done {
		}
	}()
	go func() {
		defer close(done)
		done <- turn(ctx, k.Hand, k.in, caution)
	}()
	for {
		for ch := range k.Chip.Channels {
			code, err := k.Read(ch)
			if err != nil {
				return nil, err
			}
			all[ch].add(code, k.full)
		}
		select {
		case err := <-done:
			return all, err
		case <-k.ctx.Done():
			return nil, k.ctx.Err()
		case <-time.After(readEvery):
		}
	}
}

// add adds a code. The highest code is full.
func (s *swing) add(code, full int) {
	if code < s.low {
		s.low, s.fell = code, true
	}
	if code > s.high {
		s.high, s.fell = code, false
	}
	s.between = s.between || code > full/16 && code < full-full/16
}

// moved returns the driven channels that move.
func (k *knob) moved(moves func(ch int) bool) (places []string) {
	for ch := range k.Chip.Channels {
		if moves(ch) && !k.floats(k.s[ch]) {
			places = append(places, k.Place(ch))
		}
	}
	return places
}

// turn calls the hand's Turn and returns a panic as an error: on this goroutine a panic would end the program.
func turn(ctx context.Context, h Hand, in config.Input, caution string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h.Turn(ctx, in, caution)
}
