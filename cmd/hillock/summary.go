package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strconv"

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
		SkippedMs: milliseconds(end.skipped.model),
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
		ran.Params = c.Params // as they were at the end
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
		p := b.Pulses[out.Name]
		if p == nil { // it shows the membrane
			continue
		}
		s.Outputs = append(s.Outputs, outputSummary{out.Name, out.Pin, p.Pulses(), p.Merged(), p.Failed()})
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
	attrs := []any{"wall_s", round(s.WallS), "ticks", s.Ticks, "skipped_ms", s.SkippedMs, "read_errors", s.ReadErrors}
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
	t := &lines{w: w}
	t.printf("\n%s of model time in %s", short(s.ModelS), short(s.WallS))
	if s.Reloads > 0 {
		t.printf(", since the configuration was read again")
	}
	if s.Changed {
		t.printf(", at a speed that was changed, last to %s", digits(s.Speed, 4))
	}
	t.printf("\n")
	for _, n := range s.Neurons {
		t.printf("%-10s %s in that time, %s Hz%s\n", n.Name, count(n.Spikes, "spike"), digits(n.RateHz, 4), s.onTheWall(n))
		if n.PredictedHz != nil {
			t.printf("predicted  %s, %s\n", count(*n.PredictedSpikes, "spike"), interval(*n.PredictedHz, n.CurrentNA))
		} else {
			t.printf("no prediction: %s\n", n.NoPrediction)
		}
		for _, o := range s.Outputs {
			out := output(cfg, o.Name)
			if out.Neuron != n.Name {
				continue
			}
			t.printf("%-10s %s on %s", o.Name, count(o.Pulses, "pulse"), o.Pin)
			if o.Failed > 0 {
				t.printf(", refused %d times", o.Failed)
			}
			if o.Merged > 0 {
				t.printf(": %s came during a pulse of %v and made it longer", count(o.Merged, "spike"), out.Width)
			}
			t.printf("\n")
		}
	}
	t.printf("ticks      %d, %d steps, %s of model time skipped, %s\n", s.Ticks, s.Steps, short(s.SkippedMs/1e3), count(s.ReadErrors, "read error"))
	for _, row := range s.report.rows() {
		t.printf("%s\n", row)
	}
	for _, f := range faults {
		if f.text != "" {
			t.printf("%-10s %s: %s\n", f.part, f.state, f.text)
		}
	}
	return t.err
}

func output(cfg *config.Config, name string) config.Output {
	for _, o := range cfg.Outputs {
		if o.Name == name {
			return o
		}
	}
	return config.Output{}
}

// lines prints until the first error.
type lines struct {
	w   io.Writer
	err error
}

func (l *lines) printf(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.w, format, args...)
	}
}

// onTheWall is a neuron's rate as the wall saw it, where that is not the model's.
func (s *summary) onTheWall(n neuronSummary) string {
	if s.Speed == 1 && !s.Changed && s.SkippedMs == 0 || s.WallS == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s/s on the wall)", digits(float64(n.Spikes)/s.WallS, 3))
}

// interval is a predicted rate as what a stopwatch would say, with the current that it is for.
func interval(hz, current float64) string {
	if hz == 0 {
		return fmt.Sprintf("silent at %s nA", digits(current, 4))
	}
	return fmt.Sprintf("one every %s (%s Hz) at %s nA", short(1/hz), digits(hz, 4), digits(current, 4))
}

// short is a time in s with a unit that a person reads at once.
func short(s float64) string {
	if s != 0 && s < 1 {
		return digits(s*1e3, 4) + " ms"
	}
	return strconv.FormatFloat(math.Round(s*1e3)/1e3, 'f', -1, 64) + " s"
}

// micros is a time in us with a unit that a person reads at once.
func micros(us float64) string {
	switch {
	case us >= 1e6:
		return fmt.Sprintf("%.3g s", us/1e6)
	case us >= 1000:
		return fmt.Sprintf("%.3g ms", us/1e3)
	case us >= 10:
		return fmt.Sprintf("%.0f us", us)
	}
	return fmt.Sprintf("%.2g us", us)
}
