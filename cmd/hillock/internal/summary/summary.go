// Package summary renders the summary of a run: as text for people, as JSON, and as a line of the log.
package summary

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
)

// Schema names the form of the JSON. Removing a field or changing its meaning changes the number.
const Schema = "hillock.summary.1"

// Figures are a summary as its JSON has it.
type Figures struct {
	Schema     string  `json:"schema"`
	ModelS     float64 `json:"model_s"`
	RealTimeS  float64 `json:"real_time_s"`   // from the start to the end of the last tick
	Speed      float64 `json:"speed"`         // at the end
	Changed    bool    `json:"speed_changed"` // during the run
	Reloads    int     `json:"reloads"`       // of the configuration: all other figures count from the last reload
	Ticks      int64   `json:"ticks"`         // without skipped ones
	Steps      int64   `json:"steps"`
	SkippedMs  float64 `json:"skipped_ms"`  // model time missed for good
	ReadErrors int64   `json:"read_errors"` // of all inputs
	session.Times
	Neurons         []Neuron     `json:"neurons"`
	Synapses        []Synapse    `json:"synapses,omitempty"`
	SpikeInputs     []SpikeInput `json:"spike_inputs,omitempty"`
	DroppedArrivals int64        `json:"dropped_arrivals"` // in skipped time, and at changes of the network
	Outputs         []Output     `json:"outputs"`          // pulsing outputs
	Net             *Net         `json:"net,omitempty"`    // without a class there is none
}

// Neuron is a neuron or a population over the whole run.
type Neuron struct {
	Name            string   `json:"name"`
	Neurons         int      `json:"neurons"`          // of a population, else 1
	Spikes          int64    `json:"spikes"`           // of all of them
	RateHz          float64  `json:"rate_hz"`          // spikes of a neuron over model time
	RealTimeHz      float64  `json:"real_time_hz"`     // spikes of a neuron over real time
	PredictedHz     *float64 `json:"predicted_hz"`     // of the discrete neuron; null without a prediction
	PredictedSpikes *int64   `json:"predicted_spikes"` // in the same steps, from the first reading on; null without a prediction
	NoPrediction    string   `json:"no_prediction"`    // why there is no prediction
	CurrentNA       float64  `json:"current_na"`       // the latest
}

// Synapse is a table of synapses over the whole run.
type Synapse struct {
	Name     string  `json:"name"`
	Pairs    int     `json:"pairs"` // synapses
	Arrivals int64   `json:"arrivals"`
	Unit     string  `json:"unit"` // of the weights
	Mean     float64 `json:"mean"` // of the weights at the end
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Gain     float64 `json:"gain"` // factor of the weights at the end; 1 without a knob
}

// SpikeInput is a spike input over the whole run.
type SpikeInput struct {
	Name   string        `json:"name"`
	Spikes int64         `json:"spikes"`
	Edges  *EdgeCounts   `json:"edges,omitempty"`  // of an edge input
	Remote *RemoteCounts `json:"remote,omitempty"` // of a neuron of another board
}

// RemoteCounts are the spikes of a neuron of another board, beside those in time.
type RemoteCounts struct {
	Late    int64 `json:"late"`    // after their time, part of all
	Dropped int64 `json:"dropped"` // in skipped time
}

// EdgeCounts are the edges of an input, beside those that became spikes in time.
type EdgeCounts struct {
	Late    int64 `json:"late"`    // spikes after their time, part of all
	Lost    int64 `json:"lost"`    // by a full buffer
	Dropped int64 `json:"dropped"` // in skipped time
	Ignored int64 `json:"ignored"` // in the dead time
}

// Output is an output over the whole run.
type Output struct {
	Name   string `json:"name"`
	Pin    string `json:"pin"`
	Pulses int64  `json:"pulses"`
	Merged int64  `json:"merged"` // spikes during a pulse, making it longer
	Failed int64  `json:"failed"` // levels refused by the pin

	Oracle *Oracle `json:"oracle,omitempty"`
}

// Oracle is an output with lights before the spikes of its neuron, over the whole run.
type Oracle struct {
	AheadMs float64 `json:"ahead_ms"` // model time from the light to the spike
	Lights  int64   `json:"lights"`
	Wrong   int64   `json:"wrong"`  // lights without a spike
	Missed  int64   `json:"missed"` // spikes without a light
}

// Of returns the figures of a run.
func Of(s *session.Summary) Figures {
	f := Figures{Schema: Schema, Ticks: s.Tick.Run(), Steps: s.Tick.Steps, SkippedMs: readable.Milliseconds(s.Skipped.Model), ReadErrors: s.ReadErrors,
		Times: s.Times, ModelS: s.Model, RealTimeS: s.Real, Reloads: s.Reloads, Speed: s.Speed, Changed: s.SpeedChanged, Outputs: []Output{}, DroppedArrivals: s.Dropped}
	for _, is := range s.Spiked {
		n := Neuron{Name: is.Name, Neurons: is.Count, Spikes: is.Spikes, RateHz: is.Rate, RealTimeHz: realTimeRate(s, is), NoPrediction: is.Prediction.Reason, CurrentNA: is.Current}
		if is.Prediction.Exists() {
			n.PredictedHz, n.PredictedSpikes = &is.Prediction.Hz, &is.Prediction.Spikes
		}
		f.Neurons = append(f.Neurons, n)
	}
	for _, is := range s.Synapses {
		f.Synapses = append(f.Synapses, Synapse{is.Name, is.Pairs, is.Arrivals, is.Kind.Unit(), is.Mean, is.Low, is.High, is.Gain})
	}
	for _, in := range s.SpikeInputs {
		f.SpikeInputs = append(f.SpikeInputs, SpikeInput{in.Name, in.Spikes, (*EdgeCounts)(in.Edges), (*RemoteCounts)(in.Remote)})
	}
	for _, o := range s.Pulsed {
		out := Output{Name: o.Name, Pin: o.Pin, Pulses: o.Pulses, Merged: o.Merged, Failed: o.Failed}
		if is := o.Oracle; is != nil {
			out.Oracle = &Oracle{readable.Milliseconds(is.Ahead), is.Lights, is.Wrong, is.Missed}
		}
		f.Outputs = append(f.Outputs, out)
	}
	f.Net = netOf(s.Net)
	return f
}

// JSON writes the summary for a program.
func JSON(w io.Writer, s *session.Summary) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(Of(s))
}

// Log writes the summary of a configuration before a reload. dropped is the number of arrivals dropped by the reload.
func Log(l *slog.Logger, s *session.Summary, dropped int64) {
	attrs := []any{"real_time_s", readable.Round(s.Real), "ticks", s.Tick.Run(), "skipped_ms", readable.Milliseconds(s.Skipped.Model), "read_errors", s.ReadErrors}
	for _, n := range s.Spiked {
		attrs = append(attrs, n.Name+"_spikes", n.Spikes)
	}
	for _, o := range s.Pulsed {
		attrs = append(attrs, o.Name+"_pulses", o.Pulses)
	}
	if dropped > 0 {
		attrs = append(attrs, "arrivals_dropped", dropped)
	}
	l.Info("configuration reloaded; until then", append(attrs, "late_p99_us", s.Times.Late.P99)...)
}

// Text writes the summary for people: time, spikes, prediction, pulses and lateness. Read errors and faults add lines of their
// own. Verbose adds the steps and how all times are spread.
func Text(w io.Writer, s *session.Summary, verbose bool) error {
	t := &readable.Printer{W: w}
	t.Printf("%s of model time in %s", readable.Seconds(s.Model), readable.Seconds(s.Real))
	if s.Reloads > 0 {
		t.Printf(", since the latest reload")
	}
	if s.SpeedChanged {
		t.Printf("; the speed was changed, last to %s", readable.Digits(s.Speed, 4))
	}
	t.Printf("\n")
	for _, n := range s.Spiked {
		spikes(t, s, n)
	}
	network(t, s)
	for _, o := range s.Pulsed {
		pulses(t, o)
	}
	if s.Net != nil {
		t.Printf("net        %s\n", s.Net)
	}
	t.Printf("ticks      %s\n", s.Lateness())
	if s.ReadErrors > 0 {
		t.Printf("inputs     %s\n", readable.Count(s.ReadErrors, "read error"))
	}
	for _, f := range s.Broken() {
		t.Printf("%-10s %s: %s\n", f.Part, f.State, f.Cause)
	}
	if verbose {
		t.Printf("steps      %d in %s, %s skipped, %s\n", s.Tick.Steps, readable.Count(s.Tick.Run(), "tick"), readable.Count(s.Skipped.Ticks, "tick"),
			readable.Count(s.ReadErrors, "read error"))
		for _, row := range s.Times.Rows() {
			t.Printf("%s\n", row)
		}
	}
	return t.Err
}

// spikes writes the spikes and the prediction of a neuron: in two lines for a single neuron, in one line each for several.
func spikes(t *readable.Printer, s *session.Summary, n session.NeuronSummary) {
	of, mean := "", ""
	if n.Count > 1 {
		of, mean = fmt.Sprintf(" of %d neurons", n.Count), "mean "
	}
	t.Printf("%-10s %s%s, %s%s Hz", n.Name, readable.Count(n.Spikes, "spike"), of, mean, readable.Digits(n.Rate, 4))
	if s.Speed != 1 || s.SpeedChanged || s.Skipped.Model > 0 {
		t.Printf(" (%s/s real time)", readable.Digits(realTimeRate(s, n), 3))
	}
	p := n.Prediction
	switch one := len(s.Spiked) == 1; {
	case one && p.Exists():
		t.Printf("\npredicted  %s, %s", readable.Count(p.Spikes, "spike"), readable.Interval(p.Hz, n.Current))
	case one:
		t.Printf("\n%s", p)
	case p.Exists():
		t.Printf("; predicted %d", p.Spikes)
	default:
		t.Printf("; %s", p)
	}
	t.Printf("\n")
}

// network writes the spikes of the spike inputs, the gains, the plastic weights and the arrivals.
func network(t *readable.Printer, s *session.Summary) {
	for _, in := range s.SpikeInputs {
		t.Printf("input      %s: %s", in.Name, readable.Count(in.Spikes, "spike"))
		for _, words := range in.Words() {
			t.Printf(", %s", words)
		}
		t.Printf("\n")
	}
	arrivals := int64(0)
	for i, is := range s.Synapses {
		arrivals += is.Arrivals
		if gain := s.GainOf(i); gain != "" {
			t.Printf("synapse    %s: %s\n", is.Name, gain)
		}
		switch digits := func(v float64) string { return readable.Digits(v, 4) }; {
		case !is.Plastic:
		case is.Low == is.High:
			t.Printf("synapse    %s: weight %s %s\n", is.Name, digits(is.Mean), is.Kind.Unit())
		default:
			t.Printf("synapse    %s: weights from %s to %s %s, mean %s\n", is.Name, digits(is.Low), digits(is.High), is.Kind.Unit(), digits(is.Mean))
		}
	}
	if len(s.Synapses) > 0 || s.Dropped > 0 {
		t.Printf("synapses   %s", readable.Count(arrivals, "arrival"))
		if s.Dropped > 0 {
			t.Printf(", %d dropped", s.Dropped)
		}
		t.Printf("\n")
	}
}

func pulses(t *readable.Printer, o session.OutputSummary) {
	t.Printf("%-10s %s on %s", o.Name, readable.Count(o.Pulses, "pulse"), o.Pin)
	if o.Failed > 0 {
		t.Printf(", refused %d times", o.Failed)
	}
	if o.Merged > 0 {
		t.Printf("; %s came during a pulse of %s and made it longer", readable.Count(o.Merged, "spike"), readable.Seconds(o.Width.Seconds()))
	}
	t.Printf("\n")
	if o.Oracle != nil {
		t.Printf("%-10s %s ahead: %s\n", o.Name, config.FormatTime(o.Oracle.Ahead), strings.Join(o.Oracle.Counts(), ", "))
	}
}

// realTimeRate returns the spikes of a neuron per second of real time.
func realTimeRate(s *session.Summary, n session.NeuronSummary) float64 {
	if s.Real == 0 {
		return 0
	}
	return float64(n.Spikes) / (s.Real * float64(max(1, n.Count)))
}
