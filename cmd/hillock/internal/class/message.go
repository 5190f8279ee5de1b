package class

import (
	"strconv"
	"time"

	"hillock/config"
)

// Limits of the messages.
const (
	MaxMessage = 256 << 10 // bytes of a message
	MaxNeurons = 5000      // neurons in a list; a population counts once, except in Spikes
	MaxSpikes  = 20_000    // spikes in a batch
	maxSources = 20_000    // names at one end of a synapse
	maxText    = 128       // bytes of a text
	maxRun     = 64        // bytes of the name of a run
	maxWhole   = 1<<53 - 1 // exact in each JSON reader
	maxClock   = 1 << 61   // ns, 73 years: the sum of two times does not overflow
	maxBatch   = 366 * 24 * time.Hour
)

// Online and Offline are the messages of the kind state. They are bare words.
const (
	Online  = "online"
	Offline = "offline"
)

// Message is a message in JSON.
type Message interface {
	Hello | Rates | Spikes | Ask | Answer
}

// Hello describes a board and its network. A board sends it at each connection and after each change.
type Hello struct {
	Version  string         `json:"version"` // of hillock and Go, and the platform
	Run      string         `json:"run"`     // name of the run of the program: letters, digits, _ and -, at most 64
	Where    string         `json:"where"`   // the computer, such as "Raspberry Pi 5 Model B" or "the virtual Pi"
	DT       float64        `json:"dt_ms"`   // integration step, ms of model time
	Tick     float64        `json:"tick_ms"` // period of the loop, ms of real time
	Speed    float64        `json:"speed"`   // model time over real time
	Neurons  []HelloNeuron  `json:"neurons"`
	Synapses []HelloSynapse `json:"synapses"`
	Started  time.Time      `json:"started"`
}

// HelloNeuron is a neuron or a population.
type HelloNeuron struct {
	Name  string `json:"name"`
	Count int64  `json:"count"` // neurons of the population; 1: one neuron
	Model string `json:"model"`
}

// HelloSynapse is one table of synapses.
type HelloSynapse struct {
	Name   string   `json:"name"`
	From   []string `json:"from"` // neurons, spike inputs, and neurons of other boards: "mara/n1"
	To     []string `json:"to"`   // neurons
	Kind   string   `json:"kind"`
	Weight float64  `json:"weight"` // in Unit
	Unit   string   `json:"unit"`   // "nA" or "mV"
	Delay  float64  `json:"delay_ms"`
}

// Rates are the figures of a board. A board sends them once per second.
type Rates struct {
	Run           string       `json:"run"`
	Step          int64        `json:"step"` // the newest step
	Neurons       []NeuronRate `json:"neurons"`
	LatenessP99Us float64      `json:"lateness_p99_us"` // 99th percentile of the loop's lateness, us
	LateTicks     int64        `json:"late_ticks"`
	LateSpikes    int64        `json:"late_spikes"` // remote spikes after their time
	LostSteps     int64        `json:"lost_steps"`  // steps of other boards without a batch
	Sent          int64        `json:"sent"`        // batches
	Unsent        int64        `json:"unsent"`      // dropped batches
}

// NeuronRate is the rate of a neuron, or the mean rate of a population.
type NeuronRate struct {
	Name   string  `json:"name"`
	RateHz float64 `json:"rate_hz"`
	Spikes int64   `json:"spikes"` // since the start of the run
}

// Spikes is a batch: all spikes of the steps From to To. From is the previous To + 1. Another From shows a gap.
type Spikes struct {
	Run     string             `json:"run"`
	From    int64              `json:"from"`    // first step; the first step of a run is 1
	To      int64              `json:"to"`      // last step
	DT      float64            `json:"dt_ms"`   // length of a step
	AtNs    int64              `json:"at_ns"`   // sender's clock at the end of step To
	Skipped int64              `json:"skipped"` // steps without a result, because the loop skipped them; From to To includes them
	Spikes  map[string][]int64 `json:"spikes"`  // neuron, "n1" or "n1.3" -> ascending steps
}

// Ask asks another board for its clock.
type Ask struct {
	ID     int64 `json:"id"`
	SentNs int64 `json:"sent_ns"` // clock of the asking board
}

// Answer is the reply to Ask, with its ID and SentNs.
type Answer struct {
	ID         int64  `json:"id"`
	SentNs     int64  `json:"sent_ns"`     // clock of the asking board
	GotNs      int64  `json:"got_ns"`      // clock of the answering board at the arrival of Ask
	AnsweredNs int64  `json:"answered_ns"` // the same clock at the answer
	Run        string `json:"run"`         // of the answering board
}

// Time returns the time of a spike on the sender's clock: the middle of its step.
func (s Spikes) Time(step int64) time.Duration {
	return time.Duration(s.AtNs) - time.Duration((float64(s.To-step)+0.5)*s.DT*1e6)
}

// Count returns the number of spikes.
func (s Spikes) Count() (n int) {
	for _, steps := range s.Spikes {
		n += len(steps)
	}
	return n
}

func (h Hello) check(c *checker) {
	c.text("version", h.Version)
	c.run(h.Run)
	c.text("where", h.Where)
	c.length("dt_ms", h.DT)
	c.length("tick_ms", h.Tick)
	c.positive("speed", h.Speed)
	c.count("neurons", len(h.Neurons), MaxNeurons)
	for i, n := range h.Neurons {
		at := item("neurons", i)
		c.name(at+".name", n.Name)
		c.whole(at+".count", n.Count, 1, config.MaxNeurons)
		c.name(at+".model", n.Model)
	}
	c.count("synapses", len(h.Synapses), MaxNeurons)
	for i, s := range h.Synapses {
		at := item("synapses", i)
		c.name(at+".name", s.Name)
		c.sources(at+".from", s.From, isSource, `must be a neuron or a spike input such as "n1", "n1.3" or "mara/n1"`)
		c.sources(at+".to", s.To, isNeuron, `must be the name of a neuron such as "n1" or "n1.3"`)
		c.name(at+".kind", s.Kind)
		c.finite(at+".weight", s.Weight)
		if s.Unit != "nA" && s.Unit != "mV" {
			c.wrong(at+".unit", `must be "nA" or "mV"`, quoted(s.Unit))
		}
		c.notNegative(at+".delay_ms", s.Delay)
	}
	if y := h.Started.UTC().Year(); y < 1970 || y > 9998 {
		c.wrong("started", "must be a time of the years 1970 to 9998", quoted(h.Started.UTC().Format(time.RFC3339)))
	}
}

func (r Rates) check(c *checker) {
	c.run(r.Run)
	c.whole("step", r.Step, 0, maxWhole)
	c.count("neurons", len(r.Neurons), MaxNeurons)
	for i, n := range r.Neurons {
		at := item("neurons", i)
		c.name(at+".name", n.Name)
		c.notNegative(at+".rate_hz", n.RateHz)
		c.whole(at+".spikes", n.Spikes, 0, maxWhole)
	}
	c.notNegative("lateness_p99_us", r.LatenessP99Us)
	c.whole("late_ticks", r.LateTicks, 0, maxWhole)
	c.whole("late_spikes", r.LateSpikes, 0, maxWhole)
	c.whole("lost_steps", r.LostSteps, 0, maxWhole)
	c.whole("sent", r.Sent, 0, maxWhole)
	c.whole("unsent", r.Unsent, 0, maxWhole)
}

func (s Spikes) check(c *checker) {
	c.run(s.Run)
	c.whole("from", s.From, 1, maxWhole)
	c.whole("to", s.To, s.From, maxWhole)
	c.length("dt_ms", s.DT)
	if c.err != nil {
		return
	}
	steps := s.To - s.From + 1
	if ms := float64(steps) * s.DT; ms > float64(maxBatch/time.Millisecond) {
		c.wrong("to", "must end the batch within a year", strconv.FormatInt(s.To, 10))
	}
	c.whole("at_ns", s.AtNs, -maxClock, maxClock)
	c.whole("skipped", s.Skipped, 0, steps)
	c.count("spikes", len(s.Spikes), MaxNeurons)
	for name, all := range s.Spikes {
		c.neuron("spikes", name)
		before := s.From - 1
		for i, step := range all {
			switch {
			case step < s.From || step > s.To:
				c.whole(item("spikes."+name, i), step, s.From, s.To)
			case step <= before:
				c.wrong(item("spikes."+name, i), "must be more than the step before, "+strconv.FormatInt(before, 10), strconv.FormatInt(step, 10))
			}
			if c.err != nil {
				return
			}
			before = step
		}
	}
	if n := s.Count(); n > MaxSpikes {
		c.wrong("spikes", "must have at most "+strconv.Itoa(MaxSpikes)+" spikes", strconv.Itoa(n))
	}
}

func (a Ask) check(c *checker) {
	c.whole("id", a.ID, 0, maxWhole)
	c.whole("sent_ns", a.SentNs, -maxClock, maxClock)
}

func (a Answer) check(c *checker) {
	c.whole("id", a.ID, 0, maxWhole)
	c.whole("sent_ns", a.SentNs, -maxClock, maxClock)
	c.whole("got_ns", a.GotNs, -maxClock, maxClock)
	c.whole("answered_ns", a.AnsweredNs, a.GotNs, maxClock)
	c.run(a.Run)
}
