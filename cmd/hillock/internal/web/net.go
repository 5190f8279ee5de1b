package web

import "hillock/cmd/hillock/internal/class"

// NetStatus is the board in its class.
type NetStatus struct {
	Text      string     `json:"text"` // all in a line
	Connected bool       `json:"connected"`
	Sent      int64      `json:"sent"`   // batches
	Unsent    int64      `json:"unsent"` // batches without a connection, or on a slow one
	Boards    []NetBoard `json:"boards"`
}

// NetBoard is another board with synapses to this one.
type NetBoard struct {
	Name       string   `json:"name"`
	Online     bool     `json:"online"`
	Spikes     int64    `json:"spikes"` // received
	Late       int64    `json:"late"`   // after their time, part of all
	LostSpikes int64    `json:"lost_spikes"`
	LostMs     float64  `json:"lost_ms"` // time without a batch
	Gaps       int64    `json:"gaps"`
	OffsetMs   *float64 `json:"offset_ms"` // its clock minus ours; null before it is known
}

// netOf returns the board in its class for the page, or nil.
func netOf(s *class.Status) *NetStatus {
	if s == nil {
		return nil
	}
	n := &NetStatus{s.String(), s.Connected(), s.Sent, s.Unsent, []NetBoard{}}
	for _, r := range s.Boards {
		b := NetBoard{Name: r.Name, Online: r.Online, Spikes: r.Spikes, Late: r.Late, LostSpikes: r.LostSpikes, LostMs: float64(r.Lost) / 1e6, Gaps: r.Gaps}
		if r.Measured {
			b.OffsetMs = new(float64(r.Offset) / 1e6)
		}
		n.Boards = append(n.Boards, b)
	}
	return n
}

// collectNet passes the metrics of the class.
func collectNet(n *NetStatus, counter, gauge sample) {
	if n == nil {
		return
	}
	gauge(metric("net_connected", "1 with a connection to the broker, else 0."), one(n.Connected))
	counter(metric("net_sent_batches_total", "Batches of spikes sent to the broker."), float64(n.Sent))
	counter(metric("net_unsent_batches_total", "Batches of spikes without a connection, or on a slow one."), float64(n.Unsent))
	for _, b := range n.Boards {
		gauge(metric("board_online", "1 for a board in the class, else 0.", "board"), one(b.Online), b.Name)
		counter(metric("board_spikes_total", "Spikes received from a board.", "board"), float64(b.Spikes), b.Name)
		counter(metric("board_late_spikes_total", "Spikes of a board after their time.", "board"), float64(b.Late), b.Name)
		counter(metric("board_lost_spikes_total", "Spikes of a board received without a use.", "board"), float64(b.LostSpikes), b.Name)
		counter(metric("board_lost_seconds_total", "Time of a board without a batch.", "board"), b.LostMs/1e3, b.Name)
		if b.OffsetMs != nil {
			gauge(metric("board_clock_offset_seconds", "Clock of a board minus ours.", "board"), *b.OffsetMs/1e3, b.Name)
		}
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
