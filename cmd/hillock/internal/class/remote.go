package class

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hillock/config"
)

const (
	maxWaiting = 4096             // spikes of a board that wait for the offset
	maxAway    = 10 * time.Second // of a spike from now: further away the clock is wrong
)

// remote is another board with synapses to this one. Board.mu guards it.
type remote struct {
	name   string
	ids    map[string]int // numbers in the inbox, by neuron: "n1", or "n1.3" of a population
	inputs map[string]int // those of them with a synapse now
	stated bool           // a message in its state has come
	missed bool           // reported as absent
	online bool
	hello  *Hello
	asker  asker

	instead string // hint with the boards that are present, of a missed one

	run     string // of the latest batch
	before  string // the run before it
	to      int64  // last step of the latest batch
	waiting []Spikes
	held    int // spikes in waiting

	said   time.Duration // of the latest message about a gap
	unsaid []int64       // steps of later gaps

	spikes, lostSteps, gaps, lostSpikes, ignored int64
}

// status returns the state for people.
func (r *remote) status() Remote {
	is := Remote{Name: r.name, Online: r.online, Problem: r.problem(), Measured: r.asker.known, Offset: r.asker.value, RoundTrip: r.asker.trip,
		Spikes: r.spikes, LostSteps: r.lostSteps, Gaps: r.gaps, LostSpikes: r.lostSpikes, Ignored: r.ignored}
	if r.hello != nil {
		is.Lost = time.Duration(float64(r.lostSteps) * r.hello.DT * 1e6)
	}
	return is
}

// problem returns the reason for no spikes from the board, "" for none.
func (r *remote) problem() string {
	if r.missed {
		return notYet + r.instead
	}
	if r.hello == nil {
		return ""
	}
	if r.hello.Speed != 1 {
		return fmt.Sprintf("speed: must be 1 on both boards, got %g on %s", r.hello.Speed, r.name)
	}
	var missing []string
	for name := range r.inputs {
		if !r.hello.has(name) {
			missing = append(missing, name)
		}
	}
	if missing == nil {
		return ""
	}
	slices.Sort(missing)
	return fmt.Sprintf("%s has no neuron %s", r.name, strings.Join(missing, " and no neuron "))
}

// has reports whether a board has a neuron: "n1", or "n1.3" of a population.
func (h *Hello) has(name string) bool {
	return slices.ContainsFunc(h.Neurons, func(n HelloNeuron) bool {
		table, member, one := strings.Cut(name, ".")
		var k int64
		_, err := fmt.Sscan(member, &k)
		return n.Name == table && (!one || err == nil && n.Count > 1 && k >= 1 && k <= n.Count)
	})
}

// take checks the place of a batch behind the one before. It returns false for an old or a doubled batch, and the number of steps
// between both. A new run has no steps before it.
func (r *remote) take(s *Spikes) (lost int64, ok bool) {
	switch {
	case s.Run == r.before, s.Run == r.run && s.From <= r.to:
		r.ignored++
		return 0, false
	case s.Run != r.run:
		r.before, r.run = r.run, s.Run
	default:
		lost = s.From - r.to - 1
	}
	r.to = s.To
	if lost > 0 {
		r.lostSteps += lost
		r.gaps++
	}
	return lost, true
}

// hold keeps a batch until the offset is known. Without room its spikes are lost.
func (r *remote) hold(s Spikes) {
	if n := s.Count(); r.held+n <= maxWaiting {
		r.waiting = append(r.waiting, s)
		r.held += n
	} else {
		r.lostSpikes += int64(n)
	}
}

// release returns the waiting batches of the asker's run, and drops those of others.
func (r *remote) release() (ready []Spikes) {
	for _, s := range r.waiting {
		if s.Run == r.asker.run {
			ready = append(ready, s)
		} else {
			r.lostSpikes += int64(s.Count())
		}
	}
	r.waiting, r.held = nil, 0
	return ready
}

// pass puts the spikes of a batch into the inbox, at their times on our clock. Several members of a population can be one input.
func (r *remote) pass(s *Spikes, now time.Duration, in *inbox) {
	if (time.Duration(s.AtNs) - r.asker.value - now).Abs() > maxAway {
		r.ignored++
		return
	}
	put := func(name string, steps []int64) {
		id, ok := r.inputs[name]
		if !ok {
			return
		}
		for _, step := range steps {
			if in.put(id, s.Time(step)-r.asker.value) {
				r.spikes++
			} else {
				r.lostSpikes++
			}
		}
	}
	for name, steps := range s.Spikes {
		put(name, steps)
		if table := config.TableOf(name); table != name {
			put(table, steps)
		}
	}
}
