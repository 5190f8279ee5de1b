package swarm

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/cmd/hillock/internal/session"
)

// Schema names the form of a Result. Removing a key or changing its meaning changes the number.
const Schema = "hillock.swarm.1"

// Result is the result of a run. Its keys are those of the JSON.
type Result struct {
	Schema    string  `json:"schema"`
	Broker    string  `json:"broker"`
	Class     string  `json:"class"`
	Boards    int     `json:"boards"`
	Neurons   int     `json:"neurons"`
	RateHz    float64 `json:"rate_hz"`
	BatchMs   float64 `json:"batch_ms"`
	DurationS float64 `json:"duration_s"`
	Seed      uint64  `json:"seed"`
	TookS     float64 `json:"took_s"` // time of sending

	Made        int64   `json:"batches_made"`
	Sent        int64   `json:"batches_sent"`
	Unsent      int64   `json:"batches_unsent"` // without a connection
	Spikes      int64   `json:"spikes_made"`
	Reconnected int64   `json:"reconnections"`
	InHz        float64 `json:"batches_in_hz"`  // sent to the broker
	OutHz       float64 `json:"batches_out_hz"` // received from the broker by all readers

	Lateness session.Percentiles `json:"lateness_us"` // of the swarm itself
	Publish  session.Percentiles `json:"publish_us"`  // until the connection has taken a batch
	Readers  []Received          `json:"readers"`
	Process  *Cost               `json:"process,omitempty"`
	Own      *Cost               `json:"swarm,omitempty"`

	interrupted bool
}

// Received is the count of one reader.
type Received struct {
	Batches     int64               `json:"batches"`
	Spikes      int64               `json:"spikes"`
	LostBatches int64               `json:"batches_lost"` // sent, and not received
	LostSteps   int64               `json:"steps_lost"`   // of all gaps, with unsent batches
	Repeated    int64               `json:"batches_repeated"`
	Malformed   int64               `json:"messages_malformed"`
	Foreign     int64               `json:"messages_foreign"` // of other boards and runs
	Hellos      int                 `json:"boards_hello"`
	Online      int                 `json:"boards_online"`
	Rates       int64               `json:"rates"`
	Bytes       int64               `json:"bytes"` // of topics and messages
	BusyPercent float64             `json:"busy_percent"`
	Delay       session.Percentiles `json:"delay_us"` // from the last step of a batch to its arrival
	Gaps        []Gap               `json:"gaps"`
}

// result closes the ledgers, and returns the counts.
func (s *swarm) result(m *monitor, interrupted bool) *Result {
	r := &Result{
		Schema: Schema, Broker: s.Broker, Class: s.Class, Boards: s.Boards, Neurons: s.Neurons, RateHz: s.Rate, Seed: s.Seed,
		BatchMs: float64(s.Batch) / 1e6, DurationS: s.Duration.Seconds(), TookS: m.took.Seconds(),
		Lateness: spread(s.late), Publish: spread(s.publish), interrupted: interrupted,
	}
	last := map[string]int64{}
	for _, b := range s.boards {
		r.Made, r.Sent, r.Unsent, r.Spikes = r.Made+b.made, r.Sent+b.sent, r.Unsent+b.unsent, r.Spikes+b.spikes
		r.Reconnected += b.connected.Load() - 1
		last[b.name] = b.made * s.steps()
	}
	for _, reader := range s.readers {
		r.Readers = append(r.Readers, reader.received(last, r.Sent, m.took))
		r.OutHz += float64(reader.ledger.batches)
	}
	took := max(m.took.Seconds(), time.Nanosecond.Seconds())
	r.InHz, r.OutHz = float64(r.Sent)/took, r.OutHz/took
	if m.own != nil {
		r.Own = m.own.cost()
	}
	if m.broker != nil {
		r.Process = m.broker.cost()
	}
	return r
}

// received closes the ledger. last is the last step of each board.
func (r *reader) received(last map[string]int64, sent int64, took time.Duration) Received {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.ledger
	l.close(last)
	hellos, online := l.count()
	return Received{
		Batches: l.batches, Spikes: l.spikes, LostBatches: sent - l.batches, LostSteps: l.lost(), Repeated: l.repeated,
		Malformed: l.malformed, Foreign: l.foreign, Hellos: hellos, Online: online, Rates: l.rates, Bytes: r.bytes,
		BusyPercent: 100 * float64(r.busy) / float64(max(1, took)), Delay: spread(r.delay), Gaps: append([]Gap{}, l.gaps...),
	}
}

// spread returns the percentiles of a histogram of times in ns.
func spread(h *hdrhistogram.Histogram) session.Percentiles {
	us := func(v int64) float64 { return float64(v) / 1e3 }
	return session.Percentiles{N: h.TotalCount(), P50: us(h.ValueAtQuantile(50)), P99: us(h.ValueAtQuantile(99)), P999: us(h.ValueAtQuantile(99.9)), Max: us(h.Max())}
}
