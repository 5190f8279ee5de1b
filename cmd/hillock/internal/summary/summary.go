// Package summary renders the summary of a run: as text, as JSON, and as a line of a log.
package summary

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
)

// Figures are a summary as its JSON has it. Spikes, rate and prediction at the top are the first neuron's; Neurons lists them
// all.
type Figures struct {
	Neuron
	Ticks      int64   `json:"ticks"`       // run
	Steps      int64   `json:"steps"`       // run
	SkippedMs  float64 `json:"skipped_ms"`  // model time that was missed and not made up for
	ReadErrors int64   `json:"read_errors"` // of all inputs
	session.Times
	ModelS  float64  `json:"model_s"`
	WallS   float64  `json:"wall_s"`        // from the start to the end of the last tick
	Reloads int      `json:"reloads"`       // of the configuration: all other figures are since the last of them
	Speed   float64  `json:"speed"`         // at the end
	Changed bool     `json:"speed_changed"` // while it ran
	Neurons []Neuron `json:"neurons"`
	Outputs []Output `json:"outputs"` // those that pulse
}

// Neuron is a neuron over the whole run.
type Neuron struct {
	Name            string   `json:"name"`
	Spikes          int64    `json:"spikes"`
	RateHz          float64  `json:"rate_hz"`          // spikes over model time
	PredictedHz     *float64 `json:"predicted_hz"`     // of the discrete neuron, null where there is no prediction
	PredictedSpikes *int64   `json:"predicted_spikes"` // in as many steps from the same start, or from the first reading on; null as well
	NoPrediction    string   `json:"no_prediction"`    // why there is no prediction
	CurrentNA       float64  `json:"current_na"`       // the latest
}

// Output is an output over the whole run.
type Output struct {
	Name   string `json:"name"`
	Pin    string `json:"pin"`
	Pulses int64  `json:"pulses"`
	Merged int64  `json:"merged"` // spikes that came during a pulse and made it longer
	Failed int64  `json:"failed"` // levels that the pin refused
}

// Of returns the figures of a run.
func Of(s *session.Summary) Figures {
	f := Figures{Ticks: s.Tick.Run(), Steps: s.Tick.Steps, SkippedMs: readable.Milliseconds(s.Skipped.Model), ReadErrors: s.ReadErrors, Times: s.Times,
		ModelS: s.Model, WallS: s.Wall, Reloads: s.Reloads, Speed: s.Speed, Changed: s.SpeedChanged}
	for _, is := range s.Spiked {
		n := Neuron{Name: is.Name, Spikes: is.Spikes, RateHz: is.Rate, NoPrediction: is.Prediction.Reason, CurrentNA: is.Current}
		if is.Prediction.Exists() {
			n.PredictedHz, n.PredictedSpikes = &is.Prediction.Hz, &is.Prediction.Spikes
		}
		f.Neurons = append(f.Neurons, n)
	}
	f.Neuron = f.Neurons[0]
	for _, o := range s.Pulsed {
		f.Outputs = append(f.Outputs, Output{o.Name, o.Pin, o.Pulses, o.Merged, o.Failed})
	}
	return f
}

// JSON writes the summary for a program.
func JSON(w io.Writer, s *session.Summary) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(Of(s))
}

// Log writes the summary in a few words, of a run that another one follows.
func Log(l *slog.Logger, s *session.Summary) {
	attrs := []any{"wall_s", readable.Round(s.Wall), "ticks", s.Tick.Run(), "skipped_ms", readable.Milliseconds(s.Skipped.Model), "read_errors", s.ReadErrors}
	for _, n := range s.Spiked {
		attrs = append(attrs, n.Name+"_spikes", n.Spikes)
	}
	for _, o := range s.Pulsed {
		attrs = append(attrs, o.Name+"_pulses", o.Pulses)
	}
	l.Info("configuration reloaded; until then", append(attrs, "late_p99_us", s.Times.Late.P99)...)
}

// Text writes the summary for a person, with the faults that were there at the end.
func Text(w io.Writer, s *session.Summary) error {
	t := &readable.Printer{W: w}
	t.Printf("\n%s of model time in %s", readable.Seconds(s.Model), readable.Seconds(s.Wall))
	if s.Reloads > 0 {
		t.Printf(", since the configuration was read again")
	}
	if s.SpeedChanged {
		t.Printf(", at a speed that was changed, last to %s", readable.Digits(s.Speed, 4))
	}
	t.Printf("\n")
	for _, n := range s.Spiked {
		t.Printf("%-10s %s in that time, %s Hz%s\n", n.Name, readable.Count(n.Spikes, "spike"), readable.Digits(n.Rate, 4), onTheWall(s, n))
		if p := n.Prediction; p.Exists() {
			t.Printf("predicted  %s, %s\n", readable.Count(p.Spikes, "spike"), readable.Interval(p.Hz, n.Current))
		} else {
			t.Printf("no prediction: %s\n", p.Reason)
		}
		for _, o := range s.Pulsed {
			if o.Neuron == n.Name {
				output(t, o)
			}
		}
	}
	t.Printf("ticks      %d, %d steps, %s of model time skipped, %s\n", s.Tick.Run(), s.Tick.Steps,
		readable.Seconds(readable.Milliseconds(s.Skipped.Model)/1e3), readable.Count(s.ReadErrors, "read error"))
	for _, row := range s.Times.Rows() {
		t.Printf("%s\n", row)
	}
	for _, f := range s.Broken() {
		t.Printf("%-10s %s: %s\n", f.Part, f.State, f.Cause)
	}
	return t.Err
}

func output(t *readable.Printer, o session.OutputSummary) {
	t.Printf("%-10s %s on %s", o.Name, readable.Count(o.Pulses, "pulse"), o.Pin)
	if o.Failed > 0 {
		t.Printf(", refused %d times", o.Failed)
	}
	if o.Merged > 0 {
		t.Printf(": %s came during a pulse of %v and made it longer", readable.Count(o.Merged, "spike"), o.Width)
	}
	t.Printf("\n")
}

// onTheWall is a neuron's rate in real time, where that is not the model's.
func onTheWall(s *session.Summary, n session.NeuronSummary) string {
	if s.Speed == 1 && !s.SpeedChanged && s.Skipped.Model == 0 || s.Wall == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s/s on the wall)", readable.Digits(float64(n.Spikes)/s.Wall, 3))
}
