package class

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hillock/config"
	"hillock/neuron"
)

// Options are the options of a board.
type Options struct {
	After   *Board                           // this board leaves first: the new one may have its name; nil: none
	Clock   interface{ Now() time.Duration } // of the loop
	Logger  *slog.Logger                     // changes of the connection, gaps; nil: no log
	Version string                           // of hillock, for Hello
	Where   string                           // the computer, for Hello

	User, Password string                                                               // "": of the file net.login, or of the environment
	Env            func(name string) (string, bool)                                     // nil: os.LookupEnv
	Dial           func(ctx context.Context, network, address string) (net.Conn, error) // nil: of package net
	Find           func(ctx context.Context, class string) (address string, err error)  // for the broker "find"
}

// Figures are the figures of a run, for Rates.
type Figures struct {
	Neurons       []NeuronRate
	LatenessP99Us float64
	LateTicks     int64
	LateSpikes    int64 // remote spikes
}

// Board is one board of a class: its spikes go to the broker, and those of other boards come from it.
//
// The loop calls Read, Tick and the outputs. These never wait, take no lock and do not allocate: a ring of numbers is between the loop
// and the network in each direction. Begin and Close come when no loop runs. Any goroutine may call Status.
//
// mu is held for short times, and inbox.mu is taken under it. No lock of the session is taken under mu; the session may hold its locks
// when it calls Begin or Status.
type Board struct {
	*Opener
	log   *slog.Logger
	name  string
	run   string // name of the run, the same for all its configurations
	began time.Time

	outbox *outbox
	inbox  *inbox
	inputs []string // remote inputs of the loop, by number
	number []int    // of inputs, by number in the inbox

	batch     batch    // of the sender
	announced []string // neurons known to Home Assistant; of the sender, too
	sent      atomic.Int64
	step      atomic.Int64 // the latest one in a message
	answers   chan question
	poke      chan struct{} // has a value after a change for the sender

	cancel context.CancelFunc
	done   chan struct{} // closed at the end
	ended  error         // before done is closed

	mu      sync.Mutex // guards the rest
	state   Status
	retry   time.Time          // of the next attempt
	layout  *layout            // of the present configuration; nil before the first
	layouts []*layout          // the present one, and earlier ones with batches in the outbox
	remotes map[string]*remote // by board
	present map[string]bool    // boards with the state Online, during look; else nil
	figures func() Figures
}

// layout is the neurons of a configuration.
type layout struct {
	era   int64
	batch time.Duration
	hello Hello
	first map[string]int32 // number of the first neuron, by table
	names []string         // by number: "n1", or "n1.3" of a population
}

// Join joins the class of a configuration. It does not wait for the network. An error is a bad file or name, or an embedded broker
// that cannot listen.
func Join(cfg *config.Config, o Options) (*Board, error) {
	b := &Board{log: o.Logger, run: strings.ToLower(rand.Text()[:12]), began: time.Now(), outbox: newOutbox(), inbox: newInbox(),
		answers: make(chan question, 64), poke: make(chan struct{}, 1), done: make(chan struct{}), remotes: map[string]*remote{}}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if b.name, err = NameOf(cfg.Net); err != nil {
		return nil, err
	}
	if b.Opener, err = NewOpener(cfg, o); err != nil {
		return nil, err
	}
	if cfg.Net.Broker == "embedded" {
		if err := b.embed(o.After); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	go func() {
		defer close(b.done)
		if o.After != nil {
			select {
			case <-o.After.done:
				if o.After.net.Class == b.net.Class && o.After.name == b.name {
					b.announced = o.After.announced
				}
			case <-ctx.Done():
			}
		}
		b.stay(ctx)
		b.ended = b.hub.leave()
	}()
	return b, nil
}

// Begin prepares for the loop of a configuration, and describes it to the class. Call it before Inputs and Output. speed is that of the
// loop, which changes it between two ticks; nil: that of the configuration. figures are sent each second; it may take locks of the
// session.
func (b *Board) Begin(cfg *config.Config, speed *float64, figures func() Figures) {
	b.mu.Lock()
	defer b.mu.Unlock()
	era := int64(1)
	if b.layout != nil {
		era = b.layout.era + 1
	}
	b.layout = layoutOf(cfg, era)
	b.layout.hello.Run, b.layout.hello.Started = b.run, b.began
	b.layout.hello.Version, b.layout.hello.Where = printable(b.o.Version), printable(b.o.Where)
	b.layouts = append(b.layouts, b.layout)
	b.figures = figures
	b.listen(cfg)
	b.outbox.begin(era, cfg.Net.Batch, cfg.Loop.Tick, cfg.Loop.DT, cmp.Or(speed, &cfg.Loop.Speed))
	b.renew()
}

// listen numbers the remote inputs of a configuration. Known neurons keep their numbers in the inbox, for spikes in it. b.mu is held.
func (b *Board) listen(cfg *config.Config) {
	b.inputs = nil
	for _, r := range b.remotes {
		r.inputs = map[string]int{}
	}
	for i := range b.number {
		b.number[i] = -1
	}
	for _, in := range cfg.Inputs {
		part, ok := in.Part.(config.Remote)
		if !ok {
			continue
		}
		r := b.remotes[part.Board]
		if r == nil {
			r = &remote{name: part.Board, inputs: map[string]int{}, ids: map[string]int{}}
			r.asker.stop()
			b.remotes[part.Board] = r
		}
		id, known := r.ids[part.Neuron]
		if !known {
			id = len(b.number)
			r.ids[part.Neuron] = id
			b.number = append(b.number, 0)
		}
		b.number[id] = len(b.inputs)
		r.inputs[part.Neuron] = id
		b.inputs = append(b.inputs, in.Name)
	}
}

// layoutOf returns the neurons of a configuration.
func layoutOf(cfg *config.Config, era int64) *layout {
	l := &layout{era: era, batch: cfg.Net.Batch, first: map[string]int32{}}
	l.hello = Hello{DT: milliseconds(cfg.Loop.DT), Tick: milliseconds(cfg.Loop.Tick), Speed: cfg.Loop.Speed}
	for _, n := range cfg.Neurons {
		count := max(1, n.Count)
		l.first[n.Name] = int32(len(l.names))
		if count == 1 {
			l.names = append(l.names, n.Name)
		} else {
			for k := range count {
				l.names = append(l.names, n.Name+"."+strconv.Itoa(k+1))
			}
		}
		l.hello.Neurons = append(l.hello.Neurons, HelloNeuron{Name: n.Name, Count: int64(count), Model: n.Model().Name})
	}
	for _, s := range cfg.Synapses {
		unit := "nA"
		if s.Kind == neuron.Delta {
			unit = "mV"
		}
		l.hello.Synapses = append(l.hello.Synapses, HelloSynapse{Name: s.Name, From: s.From, To: s.To, Kind: s.Kind.String(), Weight: s.Weight, Unit: unit, Delay: milliseconds(s.Delay)})
	}
	return l
}

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }

// printable returns a text within the limits of a message.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if all := []rune(s); len(all) > maxText {
		return string(all[:maxText])
	}
	return s
}

// setSpeed takes the speed of a batch of the present loop, and reports a change: the class learns it with a new hello.
func (b *Board) setSpeed(of *batch) (changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if changed = of.era == b.layout.era && of.speed != b.layout.hello.Speed; changed {
		b.layout.hello.Speed = of.speed
	}
	return changed
}

// renew wakes the sender after a change.
func (b *Board) renew() {
	select {
	case b.poke <- struct{}{}:
	default:
	}
}

// Inputs returns the names of the remote inputs, by their numbers in Read.
func (b *Board) Inputs() []string { return b.inputs }

// Read implements neuron.Events: it calls add for each new spike of another board.
func (b *Board) Read(_ time.Duration, add func(input int, at time.Duration, gain float64)) {
	b.inbox.read(b.number, add)
}

// Tick implements neuron.Observer: it ends a batch when it is due.
func (b *Board) Tick(t neuron.Tick) { b.outbox.tick(t) }

// Output returns an output that sends the spikes of a cell to the class.
func (b *Board) Output(c *neuron.Cell) neuron.Output {
	return output{b.outbox, c, b.layout.first[c.Name]}
}

// output is the output of a cell.
type output struct {
	*outbox
	cell  *neuron.Cell
	first int32
}

// Tick implements neuron.Output.
func (output) Tick(time.Duration) {}

// Spike implements neuron.Output.
func (o output) Spike(step int64, _ time.Duration) {
	if o.cell.Count <= 1 {
		o.spike(o.first, step)
		return
	}
	for _, i := range o.cell.Fired {
		o.spike(o.first+i, step)
	}
}

// errSlow is the error of Close when a part of the network does not end.
var errSlow = errors.New("class: the connection has not ended within 2 s")

// Leave begins to send the spikes until now, to say that the board is offline, and to end the connection. Call it after the last loop.
func (b *Board) Leave() {
	b.outbox.end()
	b.cancel()
}

// Close is Leave, and waits for the end of the connection.
func (b *Board) Close() error {
	b.Leave()
	timer := time.NewTimer(closing)
	defer timer.Stop()
	select {
	case <-b.done:
		return b.ended
	case <-timer.C:
		return errSlow
	}
}
