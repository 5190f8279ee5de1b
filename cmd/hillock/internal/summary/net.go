package summary

import (
	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/readable"
)

// Net is the board in its class, at the end of the run.
type Net struct {
	Class  string  `json:"class"`
	Board  string  `json:"board"`
	Broker string  `json:"broker"` // without user and password
	State  string  `json:"state"`
	Sent   int64   `json:"sent"`   // batches
	Unsent int64   `json:"unsent"` // batches without a connection, or on a slow one
	Boards []Board `json:"boards"`
}

// Board is another board with synapses to this one.
type Board struct {
	Name       string   `json:"name"`
	Spikes     int64    `json:"spikes"`      // received
	Late       int64    `json:"late"`        // after their time, part of all
	Dropped    int64    `json:"dropped"`     // in skipped time
	LostSpikes int64    `json:"lost_spikes"` // received, without a use
	LostSteps  int64    `json:"lost_steps"`  // steps without a batch
	LostMs     float64  `json:"lost_ms"`     // these steps in time
	Gaps       int64    `json:"gaps"`
	OffsetMs   *float64 `json:"offset_ms"`     // its clock minus ours; null before it is known
	RoundMs    float64  `json:"round_trip_ms"` // of the message that measured the offset
}

func netOf(s *class.Status) *Net {
	if s == nil {
		return nil
	}
	n := &Net{s.Class, s.Board, s.Broker, s.State, s.Sent, s.Unsent, []Board{}}
	for _, r := range s.Boards {
		b := Board{Name: r.Name, Spikes: r.Spikes, Late: r.Late, Dropped: r.Dropped, LostSpikes: r.LostSpikes, LostSteps: r.LostSteps, LostMs: readable.Milliseconds(r.Lost),
			Gaps: r.Gaps, RoundMs: readable.Milliseconds(r.RoundTrip)}
		if r.Measured {
			b.OffsetMs = new(readable.Milliseconds(r.Offset))
		}
		n.Boards = append(n.Boards, b)
	}
	return n
}
