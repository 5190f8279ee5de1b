package session

import (
	"image"
	"sync"

	"hillock/config"
	"hillock/hw/board"
)

// Picture returns the picture on a display of the virtual Pi, with lit points white. It returns nil for other outputs.
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

// outputs are the outputs of a run. Each leg's board passes them to the next. At the end of a loop they are switched off, unless
// the next leg has claimed them. The methods may be called from any goroutine.
type outputs struct {
	mu      sync.Mutex // taken before the lock of a pin
	board   *board.Board
	claimed bool // by the next leg: they stay as they are
	off     bool
}

// end switches the outputs off after a loop, unless they are claimed.
func (o *outputs) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.claimed {
		o.putOff()
	}
}

// claim keeps the outputs as they are for the next leg. It returns false if they are off.
func (o *outputs) claim() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.claimed = !o.off
	return o.claimed
}

// follow passes the outputs to the next board.
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

// rest switches the outputs off, claimed or not, also while the loop runs.
func (o *outputs) rest() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.putOff()
}

// putOff is rest with o.mu held. The board's Close returns the same error again.
func (o *outputs) putOff() {
	o.off = true
	_ = o.board.Rest()
}

// close closes their board. Nothing may use the board afterwards.
func (o *outputs) close() error {
	o.mu.Lock()
	b := o.board
	o.mu.Unlock()
	return b.Close()
}
