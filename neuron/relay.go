package neuron

import (
	"context"
	"sync/atomic"
	"time"
)

// relief hands the run from one goroutine to another when an input or a writer blocks. Only the goroutine with the turn touches
// the run.
type relief struct {
	holders []Holder      // by input; nil for any other input
	held    []atomic.Bool // by input, then by writer: its part is not answering, and another goroutine waits for it
	calls   uint64        // number of reads of a Holder and of writes
	turn    atomic.Uint64 // calls<<1, plus 1 during a call; the goroutine that changes it has the turn
	ended   chan end
	ctx     context.Context // of the waiting goroutines
}

// end is the result of a runner, or the panic of a goroutine that waits for a part (runner 0).
type end struct {
	runner int
	err    error
}

func newRelief(inputs []Input, writers int) *relief {
	r := &relief{
		holders: make([]Holder, len(inputs)),
		held:    make([]atomic.Bool, len(inputs)+writers),
		ended:   make(chan end, len(inputs)+writers+1), // room for the last runner and all waiting goroutines: no send blocks
	}
	for i, in := range inputs {
		r.holders[i], _ = in.(Holder)
	}
	return r
}

// read returns the current of input i in nA for the tick due at now, or errRelieved.
func (r *run) read(i int, now time.Duration) (float64, error) {
	in := r.holders[i]
	switch {
	case in == nil || r.Patience == 0:
		return r.inputs[i].Current(now), nil
	case r.held[i].Load():
		return in.Hold(now), nil
	}
	turn := r.begin()
	current := in.Current(now)
	if r.turn.CompareAndSwap(turn|1, turn) {
		return current, nil
	}
	go r.stay(i)
	return 0, errRelieved
}

// begin begins a call that can block, and returns its turn.
func (r *relief) begin() (turn uint64) {
	r.calls++
	turn = r.calls << 1
	r.turn.Store(turn | 1)
	return turn
}

// mend calls the part at place i once, an input or a writer, and reports whether it answered.
func (r *run) mend(i int, now time.Duration) bool {
	if i < len(r.inputs) {
		return r.holders[i].Mend(now)
	}
	return r.Writers[i-len(r.inputs)].Write()
}

// stay calls a part until it answers in time, and returns it to the loop.
func (r *run) stay(i int) {
	var err error
	defer func() {
		if err != nil {
			r.ended <- end{err: err}
		}
	}()
	defer caught(&err)
	for {
		began := r.Clock.Now()
		if r.mend(i, began) && r.Clock.Now()-began < r.Patience {
			r.held[i].Store(false)
			return
		}
		select {
		case <-r.ctx.Done():
			return
		case <-time.After(r.Patience):
		}
	}
}

// relay runs the loop on a new goroutine, and on another one each time that a part blocks.
func (r *run) relay(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r.ctx = ctx
	runner := 0
	start := func() {
		runner++
		go func(this int) {
			if err := r.runner(ctx); err != errRelieved {
				r.ended <- end{this, err}
			}
		}(runner)
	}
	start()
	look := time.NewTimer(r.Patience)
	defer look.Stop()
	var panicked error
	for seen := uint64(0); ; {
		select {
		case e := <-r.ended:
			switch {
			case e.runner == runner && panicked == nil:
				return e.err
			case e.runner == runner:
				return panicked
			}
			panicked = e.err
			stop()
		case <-look.C:
			turn := r.turn.Load()
			if turn&1 == 1 && turn == seen && r.turn.CompareAndSwap(turn, turn&^1) {
				r.held[r.next].Store(true)
				start()
			}
			seen = turn
			look.Reset(r.Patience)
		}
	}
}
