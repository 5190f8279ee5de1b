package main

import (
	"context"
	"slices"
	"sync"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
)

// wires are those of the virtual Pi, one of which may be out: the same for all who look at a run, and after a reload.
type wires struct {
	virtual *board.Virtual
	ask     func(ctx context.Context, fault trial, cfg *config.Config, each func(doctor.Finding)) error // the doctor

	mu    sync.Mutex // never held by the loop; after onWeb.mu, before visit.mu
	out   int        // which of trials
	visit *visit     // the doctor's latest, nil before there is one
}

// pull makes one of the trials so in place of the one before, and asks the doctor what it makes of it.
func (w *wires) pull(trial int, cfg *config.Config) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fault := trials()[trial]
	fault.apply(w.virtual)
	w.out = trial
	ctx, stop := context.WithCancel(context.Background())
	before, v := w.visit, &visit{fault: fault, says: "the doctor looks", stop: stop, ended: make(chan struct{})}
	w.visit = v
	if before != nil {
		before.stop()
	}
	go func() {
		defer close(v.ended)
		defer stop()
		if before != nil {
			<-before.ended // one at a time
		}
		if trial > 0 && ctx.Err() == nil {
			v.end(w.examine(ctx, v, cfg))
		}
	}()
}

// examine asks the doctor. A panic is an error: it must not end a run.
func (w *wires) examine(ctx context.Context, v *visit, cfg *config.Config) (err error) {
	defer caught(&err)
	return w.ask(ctx, v.fault, cfg, v.add)
}

// pulled is which of the trials is so. Nil wires, a real Pi's, are as they are.
func (w *wires) pulled() int {
	if w == nil {
		return 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out
}

// dark tells that the LEDs' wires are out.
func (w *wires) dark() bool { return trials()[w.pulled()].dark }

// findings are what the doctor says of the wire that is out, nothing where none is.
func (w *wires) findings() []doctor.Finding {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out == 0 {
		return nil
	}
	return w.visit.findings()
}

// end sends the doctor away, and returns when he has gone.
func (w *wires) end() {
	w.mu.Lock()
	v := w.visit
	w.mu.Unlock()
	if v != nil {
		v.stop()
		<-v.ended
	}
}

// visit is the doctor's, to one fault.
type visit struct {
	fault trial
	stop  context.CancelFunc
	ended chan struct{} // closed then

	mu    sync.Mutex
	found []doctor.Finding // what failed
	says  string           // beside those, "" for nothing
}

// remark is the result of a finding that is of the visit, not of a check.
const remark doctor.Result = "-"

func (v *visit) add(f doctor.Finding) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if isFailed(f) {
		v.found, v.says = append(v.found, f), ""
	}
}

// end is how it ended.
func (v *visit) end(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case err != nil:
		v.says = "the doctor did not get to the end: " + readable.OneLine(err.Error())
	case len(v.found) == 0:
		v.says = "the doctor finds nothing wrong with the wires"
	}
}

func (v *visit) findings() []doctor.Finding {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := slices.Clone(v.found)
	if v.says != "" {
		all = append(all, doctor.Finding{Check: v.fault.name, Result: remark, Seen: v.says})
	}
	return all
}

// isFailed tells a finding that a check failed.
func isFailed(f doctor.Finding) bool { return f.Result == doctor.Failed }
