package session

import (
	"image"
	"sync"

	"hillock/config"
	"hillock/hw/board"
)

// Picture returns the picture on a display of the virtual Pi, white where a point is lit. It returns nil for other outputs.
func (s *Session) Picture(output string) *image.Gray {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hw.Virtual == nil {
		return nil
	}
	for _, out := range s.leg.cfg.Outputs {
		if out.Name != output {
			continue
		}
		display, ok := s.hw.Virtual.Parts[board.OnI2C(config.Place(out.Part))].(interface{ Picture() *image.Gray })
		if ok {
			return display.Picture()
		}
	}
	return nil
}

// outputs are those of a run, which go from the board of one leg to that of the next. They are put off where a loop ends,
// unless the next leg has claimed them before. Its methods may be called from any goroutine.
type outputs struct {
	mu      sync.Mutex // of the outputs before that of a line
	board   *board.Board
	claimed bool // by the next leg, which goes on with them as they are
	off     bool
}

// end puts the outputs off for a loop that has ended, unless they are claimed.
func (o *outputs) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.claimed {
		o.putOff()
	}
}

// claim keeps the outputs as they are at the end of the loop, for a leg that follows. It is false where they are off.
func (o *outputs) claim() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.claimed = !o.off
	return o.claimed
}

// follow gives the outputs to a board that the present one has changed to.
func (o *outputs) follow(next *board.Board) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := next.Succeed(o.board)
	o.board, o.claimed = next, false
	if o.off {
		o.putOff()
	}
	return err
}

// rest puts the outputs off, claimed or not, also while the loop runs.
func (o *outputs) rest() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.putOff()
}

// putOff is rest where o.mu is held. Its error is that of the board's Close, too.
func (o *outputs) putOff() {
	o.off = true
	_ = o.board.Rest()
}

// close closes the board that has them. Nothing may use it any more.
func (o *outputs) close() error {
	o.mu.Lock()
	b := o.board
	o.mu.Unlock()
	return b.Close()
}
