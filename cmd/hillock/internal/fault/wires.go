package fault

import (
	"context"
	"slices"
	"sync"

	"hillock/cmd/hillock/internal/bounded"
	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
)

// Doctor checks the wires of a configuration with a fault until ctx ends. Each finding comes as it is there.
type Doctor func(ctx context.Context, f Fault, cfg *config.Config, each func(doctor.Finding)) error

// Wires are the wires of a virtual Pi, with at most one fault. The doctor checks each fault beside the run. Methods may be
// called from any goroutine.
type Wires struct {
	virtual *board.Virtual
	doctor  Doctor

	mu    sync.Mutex // before those of the virtual Pi's parts; no other lock is taken under it
	fault Fault
	visit *visit // the doctor's latest, nil before there is one
}

// NewWires returns the wires of a virtual Pi, all in their places. A nil doctor is Consult.
func NewWires(v *board.Virtual, d Doctor) *Wires {
	if d == nil {
		d = Consult
	}
	return &Wires{virtual: v, doctor: d, fault: Fault{ID: None, Name: None}}
}

// Pull makes one fault in place of the one before, and has the doctor check the parts of cfg.
func (w *Wires) Pull(f Fault, cfg *config.Config) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f.Apply(w.virtual)
	w.fault = f
	ctx, stop := context.WithCancel(context.Background())
	before, v := w.visit, &visit{fault: f, says: "the doctor looks", stop: stop, ended: make(chan struct{})}
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
		if f.Name != None && ctx.Err() == nil {
			w.end(v, w.examine(ctx, v, cfg))
		}
	}()
}

// examine asks the doctor. A panic is an error: it must not end a run.
func (w *Wires) examine(ctx context.Context, v *visit, cfg *config.Config) (err error) {
	defer bounded.Caught(&err)
	return w.doctor(ctx, v.fault, cfg, func(f doctor.Finding) { w.add(v, f) })
}

// Fault returns the present fault. Nil wires, those of a real Pi, have none.
func (w *Wires) Fault() Fault {
	if w == nil {
		return Fault{ID: None, Name: None}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fault
}

// Findings returns what the doctor says of the present fault, nothing where there is none.
func (w *Wires) Findings() []doctor.Finding {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault.Name == None {
		return nil
	}
	all := slices.Clone(w.visit.found)
	if w.visit.says != "" {
		all = append(all, doctor.Finding{Check: w.visit.fault.Name, Result: remark, Seen: w.visit.says})
	}
	return all
}

// Close cancels the running check and waits for it.
func (w *Wires) Close() {
	if w == nil {
		return
	}
	w.mu.Lock()
	v := w.visit
	w.mu.Unlock()
	if v != nil {
		v.stop()
		<-v.ended
	}
}

// visit is the doctor's check of one fault.
type visit struct {
	fault Fault
	stop  context.CancelFunc
	ended chan struct{} // closed then

	found []doctor.Finding // what failed; Wires.mu guards it
	says  string           // beside those, "" for nothing; Wires.mu guards it
}

// remark is the result of a finding that is of the visit, not of a check.
const remark doctor.Result = "-"

// add adds what the doctor found.
func (w *Wires) add(v *visit, f doctor.Finding) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.Result == doctor.Failed {
		v.found, v.says = append(v.found, f), ""
	}
}

// end says how a visit ended.
func (w *Wires) end(v *visit, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil:
		v.says = "the doctor did not get to the end: " + readable.OneLine(err.Error())
	case len(v.found) == 0:
		v.says = "the doctor finds nothing wrong with the wires"
	}
}
