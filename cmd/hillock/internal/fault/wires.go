package fault

import (
	"context"
	"slices"
	"strings"
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
	check *check // the latest check; nil: none yet
	game  Game
}

// NewWires returns the wires of a virtual Pi without a fault. A nil doctor is Consult.
func NewWires(v *board.Virtual, d Doctor) *Wires {
	if d == nil {
		d = Consult
	}
	return &Wires{virtual: v, doctor: d, fault: Fault{ID: None, Name: None}}
}

// Inject replaces the present fault with another, and starts the doctor on the parts of cfg.
func (w *Wires) Inject(f Fault, cfg *config.Config) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.game = Game{}
	w.inject(f, cfg)
}

// inject is Inject. w.mu is held.
func (w *Wires) inject(f Fault, cfg *config.Config) {
	f.Apply(w.virtual)
	w.fault = f
	ctx, stop := context.WithCancel(context.Background())
	before, c := w.check, &check{fault: f, says: "checking the wires", stop: stop, ended: make(chan struct{})}
	w.check = c
	if before != nil {
		before.stop()
	}
	go func() {
		defer close(c.ended)
		defer stop()
		if before != nil {
			<-before.ended // one at a time
		}
		if f.Name != None && ctx.Err() == nil {
			w.end(c, w.examine(ctx, c, cfg))
		}
	}()
}

// examine runs the doctor. A panic becomes an error, and the run continues.
func (w *Wires) examine(ctx context.Context, c *check, cfg *config.Config) (err error) {
	defer bounded.Caught(&err)
	return w.doctor(ctx, c.fault, cfg, func(f doctor.Finding) { w.add(c, f) })
}

// Game is a hidden fault, for a class to find.
type Game struct {
	Hidden int  // faults not found yet
	Found  int  // faults found
	Tries  int  // wires tried
	Over   bool // the hidden faults were shown
}

// Unknown is the name of a fault while it is hidden.
const Unknown = "hidden"

// Hide injects a hidden fault of so many wires. Neither the fault nor the findings of the doctor are shown until Reveal.
func (w *Wires) Hide(f Fault, cfg *config.Config) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inject(f, cfg)
	w.game = Game{Hidden: len(f.each())}
}

// Try puts a wire back into its place, for a person who suspects it: the name of its fault, "CS loose", or several names. It
// returns false if the hidden fault has none of them. Of a wire in another hole the name of the loose wire is enough.
func (w *Wires) Try(name string, cfg *config.Config) (found bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.game.Hidden == 0 {
		return false
	}
	w.game.Tries++
	for _, one := range w.fault.each() {
		if names := strings.Split(name, " + "); !slices.Contains(names, one.Name) && !slices.Contains(names, one.wire()) {
			continue
		}
		rest, _ := w.fault.Without(one.Name)
		w.inject(rest, cfg)
		w.game.Hidden--
		w.game.Found++
		return true
	}
	return false
}

// Reveal shows the hidden fault.
func (w *Wires) Reveal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.game.Hidden > 0 {
		w.game.Over, w.game.Hidden = true, 0
	}
}

// Game returns the state of the hidden fault.
func (w *Wires) Game() Game {
	if w == nil {
		return Game{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.game
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
	if w.fault.Name == None || w.game.Hidden > 0 {
		return nil
	}
	all := slices.Clone(w.check.found)
	if w.check.says != "" {
		all = append(all, doctor.Finding{Check: w.check.fault.Name, Result: note, Seen: w.check.says})
	}
	return all
}

// Close cancels the running check and waits for it.
func (w *Wires) Close() {
	if w == nil {
		return
	}
	w.mu.Lock()
	c := w.check
	w.mu.Unlock()
	if c != nil {
		c.stop()
		<-c.ended
	}
}

// check is the check of one fault by the doctor.
type check struct {
	fault Fault
	stop  context.CancelFunc
	ended chan struct{} // closed at the end

	found []doctor.Finding // failed checks; Wires.mu guards them
	says  string           // note about the check, or ""; Wires.mu guards it
}

// note is the result of a finding about the check itself.
const note doctor.Result = "-"

// add adds the finding of a failed check.
func (w *Wires) add(c *check, f doctor.Finding) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.Result == doctor.Failed {
		c.found, c.says = append(c.found, f), ""
	}
}

// end adds the note about the end of a check.
func (w *Wires) end(c *check, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil:
		c.says = "the doctor stopped before the end: " + readable.OneLine(err.Error())
	case len(c.found) == 0:
		c.says = "the doctor finds no fault in the wires"
	}
}
