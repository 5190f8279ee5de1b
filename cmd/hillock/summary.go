package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// summary is what a run says at its end, and writes as JSON. Spikes, rate and prediction at the top are the first
// neuron's; Neurons lists them all.
type summary struct {
	neuronSummary
	Ticks      int64   `json:"ticks"`       // run
	Steps      int64   `json:"steps"`       // run
	SkippedMs  float64 `json:"skipped_ms"`  // model time that was missed and not made up for
	ReadErrors int64   `json:"read_errors"` // of all inputs
	report
	ModelS  float64         `json:"model_s"`
	WallS   float64         `json:"wall_s"`        // from the start to the end of the last tick
	Reloads int             `json:"reloads"`       // of the configuration: all other figures are since the last of them
	Speed   float64         `json:"speed"`         // at the end
	Changed bool            `json:"speed_changed"` // while it ran
	Neurons []neuronSummary `json:"neurons"`
	Outputs []outputSummary `json:"outputs"` // those that pulse
}

type neuronSummary struct {
	Name            string   `json:"name"`
	Spikes          int64    `json:"spikes"`
	RateHz          float64  `json:"rate_hz"`          // spikes over model time
	PredictedHz     *float64 `json:"predicted_hz"`     // of the discrete neuron, null where there is no prediction
	PredictedSpikes *int64   `json:"predicted_spikes"` // in as many steps from the same start, or from the first reading on; null as well
	NoPrediction    string   `json:"no_prediction"`    // why there is no prediction
	CurrentNA       float64  `json:"current_na"`       // the latest
}

type outputSummary struct {
	Name   string `json:"name"`
	Pin    string `json:"pin"`
	Pulses int64  `json:"pulses"`
	Merged int64  `json:"merged"` // spikes that came during a pulse and made it longer
	Failed int64  `json:"failed"` // levels that the pin refused
}

// summarize is the summary of a run that has ended.
func summarize(cfg *config.Config, cells []*neuron.Cell, b *board.Board, m *monitor) summary {
	end := m.end()
	dt := cfg.Loop.DT.Seconds()
	s := summary{
		Ticks:     end.tick.Run(),
		Steps:     end.tick.Steps,
		SkippedMs: readable.Milliseconds(end.skipped.model),
		report:    m.times.end(),
		ModelS:    float64(end.tick.Steps) * dt,
		WallS:     end.tick.Since(cfg.Loop.Tick).Seconds(),
		Speed:     end.speed,
		Changed:   end.changed,
	}
	for i, c := range cells {
		state := end.cells[i]
		n := neuronSummary{Name: c.Name, Spikes: c.Spikes, CurrentNA: state.current}
		if s.ModelS > 0 {
			n.RateHz = float64(c.Spikes) / s.ModelS
		}
		ran := cfg.Neurons[i]
		ran.Params = c.Params() // as they were at the end
		b := &m.begin[i]
		p := session.Whole(ran, cfg.Inputs, session.Past{Begin: b.neuron, Spikes: b.spikes, Steps: end.tick.Steps - b.steps,
			Current: state.current, Unread: len(b.inputs) > 0, Varied: b.varied, Changed: state.changed})
		if p.Exists() {
			n.PredictedHz, n.PredictedSpikes = &p.Hz, &p.Spikes
		}
		n.NoPrediction = p.Reason
		s.Neurons = append(s.Neurons, n)
	}
	s.neuronSummary = s.Neurons[0]
	for _, k := range b.Inputs {
		s.ReadErrors += k.Reading().Failed
	}
	for _, out := range cfg.Outputs {
		if p, ok := b.Outputs[out.Name].(board.Pulsing); ok {
			pin, _ := ledOf(out)
			s.Outputs = append(s.Outputs, outputSummary{out.Name, pin, p.Pulses(), p.Merged(), p.Failed()})
		}
	}
	return s
}

// json is the summary for a program.
func (s *summary) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

// log is the summary in a few words, of a run that another one follows.
func (s *summary) log(l *slog.Logger) {
	attrs := []any{"wall_s", readable.Round(s.WallS), "ticks", s.Ticks, "skipped_ms", s.SkippedMs, "read_errors", s.ReadErrors}
	for _, n := range s.Neurons {
		attrs = append(attrs, n.Name+"_spikes", n.Spikes)
	}
	for _, o := range s.Outputs {
		attrs = append(attrs, o.Name+"_pulses", o.Pulses)
	}
	l.Info("configuration reloaded; until then", append(attrs, "late_p99_us", s.Late.P99)...)
}

// text is the summary for a person, with the faults that were there at the end.
func (s *summary) text(w io.Writer, cfg *config.Config, faults []fault) error {
	t := &readable.Printer{W: w}
	t.Printf("\n%s of model time in %s", readable.Seconds(s.ModelS), readable.Seconds(s.WallS))
	if s.Reloads > 0 {
		t.Printf(", since the configuration was read again")
	}
	if s.Changed {
		t.Printf(", at a speed that was changed, last to %s", readable.Digits(s.Speed, 4))
	}
	t.Printf("\n")
	for _, n := range s.Neurons {
		t.Printf("%-10s %s in that time, %s Hz%s\n", n.Name, readable.Count(n.Spikes, "spike"), readable.Digits(n.RateHz, 4), s.onTheWall(n))
		if n.PredictedHz != nil {
			t.Printf("predicted  %s, %s\n", readable.Count(*n.PredictedSpikes, "spike"), readable.Interval(*n.PredictedHz, n.CurrentNA))
		} else {
			t.Printf("no prediction: %s\n", n.NoPrediction)
		}
		for _, o := range s.Outputs {
			out := output(cfg, o.Name)
			if out.Neuron != n.Name {
				continue
			}
			t.Printf("%-10s %s on %s", o.Name, readable.Count(o.Pulses, "pulse"), o.Pin)
			if o.Failed > 0 {
				t.Printf(", refused %d times", o.Failed)
			}
			if _, opts := ledOf(out); o.Merged > 0 {
				t.Printf(": %s came during a pulse of %v and made it longer", readable.Count(o.Merged, "spike"), opts.Width)
			}
			t.Printf("\n")
		}
	}
	t.Printf("ticks      %d, %d steps, %s of model time skipped, %s\n", s.Ticks, s.Steps, readable.Seconds(s.SkippedMs/1e3), readable.Count(s.ReadErrors, "read error"))
	for _, row := range s.report.rows() {
		t.Printf("%s\n", row)
	}
	for _, f := range faults {
		if f.text != "" {
			t.Printf("%-10s %s: %s\n", f.part, f.state, f.text)
		}
	}
	return t.Err
}

func output(cfg *config.Config, name string) config.Output {
	for _, o := range cfg.Outputs {
		if o.Name == name {
			return o
		}
	}
	return config.Output{}
}

// onTheWall is a neuron's rate as the wall saw it, where that is not the model's.
func (s *summary) onTheWall(n neuronSummary) string {
	if s.Speed == 1 && !s.Changed && s.SkippedMs == 0 || s.WallS == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s/s on the wall)", readable.Digits(float64(n.Spikes)/s.WallS, 3))
}
