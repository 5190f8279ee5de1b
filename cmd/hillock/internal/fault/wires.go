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

// Doctor checks the wires of a configuration with a fault, until ctx ends. It calls each with every finding at once.
type Doctor func(ctx context.Context, f Fault, cfg *config.Config, each func(doctor.Finding)) error

// Wires are the wires of a virtual Pi, with at most one fault. The doctor checks each fault beside the run. Any goroutine may
// call the methods.
type Wires struct {
	virtual *board.Virtual
	doctor  Doctor

	mu    sync.Mutex // comes before the locks of the virtual Pi's parts; no other lock is taken under it
	fault Fault
	visit *visit // the latest check; nil: none yet
}

// NewWires returns the wires of a virtual Pi without a fault. A nil doctor is Consult.
func NewWires(v *board.Virtual, d Doctor) *Wires {
	if d == nil {
		d = Consult
	}
	return &Wires{virtual: v, doctor: d, fault: Fault{ID: None, Name: None}}
}

// Pull makes a fault instead of the one before, and starts the doctor on the parts of cfg.
func (w *Wires) Pull(f Fault, cfg *config.Config) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f.Apply(w.virtual)
	w.fault = f
	ctx, stop := context.WithCancel(context.Background())
	before, v := w.visit, &visit{fault: f, says: "checking the wires", stop: stop, ended: make(chan struct{})}
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

// examine runs the doctor. A panic becomes an error, and the run goes on.
func (w *Wires) examine(ctx context.Context, v *visit, cfg *config.Config) (err error) {
	defer bounded.Caught(&err)
	return w.doctor(ctx, v.fault, cfg, func(f doctor.Finding) { w.add(v, f) })
}

// Fault returns the present fault. Nil wires, the ones of a real Pi, have none.
func (w *Wires) Fault() Fault {
	if w == nil {
		return Fault{ID: None, Name: None}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fault
}

// Findings returns the doctor's findings on the present fault.
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

// visit is the check of one fault.
type visit struct {
	fault Fault
	stop  context.CancelFunc
	ended chan struct{} // closed at the end

	found []doctor.Finding // failed checks; Wires.mu guards them
	says  string           // a remark, or ""; Wires.mu guards it
}

// remark is the result of a finding about the visit.
const remark doctor.Result = "-"

// add adds the finding of a failed check.
func (w *Wires) add(v *visit, f doctor.Finding) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.Result == doctor.Failed {
		v.found, v.says = append(v.found, f), ""
	}
}

// end adds the remark about the end of a visit.
func (w *Wires) end(v *visit, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil:
		v.says = "the doctor stopped before the end: " + readable.OneLine(err.Error())
	case len(v.found) == 0:
		v.says = "the doctor finds no fault in the wires"
	}
}
