package session

import (
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	"hillock/hw/board"
)

// Summary describes the whole run of a configuration, after its end.
type Summary struct {
	Status      // at the end
	Spiked      []NeuronSummary
	Pulsed      []OutputSummary // pulsing outputs
	ReadErrors  int64           // of all inputs
	Times       Times
	Began       *hdrhistogram.Histogram // lateness of each tick, ns
	Model, Real float64                 // s: model time, and real time from the start to the end of the last tick
}

// Lateness returns the lateness of the ticks.
func (s *Summary) Lateness() Lateness { return s.Times.Lateness(s.Config.Loop.Tick, s.Skipped) }

// NeuronSummary describes a neuron over a whole run.
type NeuronSummary struct {
	Name       string
	Count      int // neurons of a population, else 1
	Spikes     int64
	Rate       float64 // spikes of a neuron over model time, Hz
	Current    float64 // the latest, nA
	Prediction Prediction
}

// OutputSummary describes an output over a whole run.
type OutputSummary struct {
	Name, Pin, Neuron      string
	Width                  time.Duration // of a pulse
	Pulses, Merged, Failed int64         // merged: spikes during a pulse, making it longer; failed: levels refused by the pin
	Oracle                 *Oracle       // as in OutputStatus
}

// Summary returns the summary of the configuration after the end of its loop.
func (s *Session) Summary() *Summary {
	l := s.leg
	end := l.monitor.end()
	sum := &Summary{Status: s.Status(), Began: l.monitor.times.total.late, Times: l.monitor.times.end(), Model: float64(end.tick.Steps) * l.cfg.Loop.DT.Seconds(),
		Real: end.tick.Since(l.cfg.Loop.Tick).Seconds()}
	sum.Tick, sum.Speed, sum.SpeedChanged, sum.Skipped = end.tick, end.speed, end.changed, end.skipped
	sum.Synapses, sum.SpikeInputs, sum.Dropped = l.synapses(sum.Config, end), l.spikeInputs(end), l.lost+end.dropped
	for i, c := range l.loop.Cells {
		state := end.cells[i]
		n := NeuronSummary{Name: c.Name, Count: max(1, c.Count), Spikes: c.Spikes, Current: state.current}
		if sum.Model > 0 {
			n.Rate = float64(c.Spikes) / (sum.Model * float64(n.Count))
		}
		ran := l.cfg.Neurons[i]
		ran.Params = c.Params() // as they were at the end
		b := &l.monitor.begin[i]
		n.Prediction = Whole(ran, l.cfg, Past{Begin: b.neuron, Spikes: b.spikes, Steps: end.tick.Steps - b.steps,
			Current: state.current, Unread: len(b.inputs) > 0, Varied: b.varied, Changed: state.changed})
		sum.Spiked = append(sum.Spiked, n)
	}
	for _, in := range l.board.Inputs {
		sum.ReadErrors += in.Reading().Failed
	}
	for i, out := range l.cfg.Outputs {
		if p, ok := l.board.Outputs[out.Name].(board.Pulsing); ok {
			_, opts := parts.LED(out)
			pins := strings.Join(config.Pins(out.Part), " ")
			sum.Pulsed = append(sum.Pulsed, OutputSummary{out.Name, pins, out.Neuron, opts.Width, p.Pulses(), p.Merged(), p.Failed(), sum.Outputs[i].Oracle})
		}
	}
	return sum
}
