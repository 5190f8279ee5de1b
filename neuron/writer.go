package neuron

import "time"

// A Writer is written by the loop itself, and can block on its part: see Loop.Patience.
type Writer interface {
	// Write writes once and reports whether the part took it. While it blocks beside the loop, the loop does not call it, but
	// calls all other methods of the part.
	Write() bool
}

// tick runs a tick, and writes after its observers: a write delays none of them. A runner that replaces another one continues
// where that one waits. It returns the time after the steps, or after the writes.
func (r *run) tick() (ended time.Duration, err error) {
	if !r.stepped {
		if ended, err = r.readAndStep(); err != nil {
			return 0, err
		}
		r.stepped, r.next = true, len(r.inputs)
	}
	all := len(r.inputs) + len(r.Writers)
	for r.next < all {
		if err := r.write(r.next); err != nil {
			return 0, err
		}
		r.next++
	}
	if len(r.Writers) > 0 {
		ended = r.Clock.Now()
	}
	r.stepped, r.next, r.inTick = false, 0, false
	return ended, nil
}

// write calls the writer at place i, behind the inputs. It returns errRelieved to a runner that has waited too long.
func (r *run) write(i int) error {
	w := r.Writers[i-len(r.inputs)]
	switch {
	case r.Patience == 0:
		w.Write()
		return nil
	case r.held[i].Load():
		return nil
	}
	turn := r.begin()
	w.Write()
	if r.turn.CompareAndSwap(turn|1, turn) {
		return nil
	}
	go r.stay(i)
	return errRelieved
}
