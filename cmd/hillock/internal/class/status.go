package class

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The states of a connection without a reason. Others begin with "refused: " or "no connection: ".
const (
	Connected  = "connected"
	Connecting = "connecting"
)

// Status is a board of a class at an instant. It has no user, password or join code.
type Status struct {
	Class, Board string
	Broker       string        // its address, "embedded", or "find" without a hub
	Addr         string        // address of the embedded broker; "" without one
	State        string        // Connected, Connecting, or the reason for no connection
	Since        time.Time     // of the state
	Retry        time.Duration // until the next attempt; 0: one is under way, or the board is connected
	Sent         int64         // batches
	Unsent       int64         // batches dropped: no connection, or a slow one
	Over         int64         // own spikes dropped: too many at once
	Speed        float64       // of this board: others take its spikes at 1 only; 0 before the first loop
	Boards       []Remote      // boards with synapses to this one, by name
}

// Connected reports whether the board has a connection to its broker.
func (s Status) Connected() bool { return s.State == Connected }

// Remote is another board with synapses to this one.
type Remote struct {
	Name       string
	Online     bool
	Problem    string        // in words, "" for none: its spikes cannot be used
	Measured   bool          // Offset is known
	Offset     time.Duration // its clock minus ours
	RoundTrip  time.Duration // of the message that measured Offset: the error is at most that
	Spikes     int64         // received
	LostSteps  int64         // steps without a batch
	Lost       time.Duration // these steps in time; 0 until the step of the board is known
	Gaps       int64         // of these steps
	LostSpikes int64         // received, and dropped: no offset yet, or no room
	Late       int64         // spikes after their time: they acted in the next step. The loop counts them
	Dropped    int64         // spikes in skipped time. The loop counts them
	Ignored    int64         // batches: old, doubled, malformed or of another time
}

// Status returns the present state.
func (b *Board) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.state
	s.Class, s.Board, s.Broker = b.net.Class, b.name, cmp.Or(s.Broker, b.net.Broker)
	if !b.retry.IsZero() {
		s.Retry = max(0, time.Until(b.retry))
	}
	if b.layout != nil {
		s.Speed = b.layout.hello.Speed
	}
	if b.hub != nil {
		s.Addr = b.hub.Addr()
	}
	s.Sent, s.Unsent, s.Over = b.sent.Load(), b.outbox.unsent.Load(), b.outbox.over.Load()
	for _, r := range b.remotes {
		if len(r.inputs) > 0 {
			s.Boards = append(s.Boards, r.status())
		}
	}
	slices.SortFunc(s.Boards, func(a, b Remote) int { return strings.Compare(a.Name, b.Name) })
	return s
}
