package terminal

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/tty"
	"hillock/hw/doctor"
)

// head returns the lines above the picture: the run, its page and its rights.
func (s *screen) head() []line {
	lines := []line{text(about, dim.Render(s.runs()))}
	if s.page != nil {
		lines = append(lines, text(about, dim.Render(s.page.String())))
	}
	if g := s.status.Grant; g != nil {
		lines = append(lines, text(granted, dim.Render(strings.Join(g.Got, ", "))))
		if len(g.Missing) > 0 {
			lines = append(lines, text(other, dim.Render("not permitted: "+g.Lacks())))
		}
		if g.Risk != "" {
			lines = append(lines, text(other, "risk: "+g.Risk))
		}
	}
	return lines
}

// runs describes the run. On a narrow screen it leaves out the reason for the virtual Pi and the folder of the file.
func (s *screen) runs() string {
	full := intro(&s.status)
	short := s.status // a copy
	short.Where, _, _ = strings.Cut(short.Where, " (")
	brief := intro(&short)
	if file := short.Config.File; ansi.StringWidth(brief) > s.width && file != "" {
		return strings.Replace(brief, file, filepath.Base(file), 1)
	}
	if ansi.StringWidth(full) > s.width {
		return brief
	}
	return full
}

// foot returns the lines below the picture: readings, then faults.
func (s *screen) foot() []line {
	shown, _ := s.selected()
	lines := append(s.neuron(shown), s.rows(s.status.Neurons[shown].Name)...)
	for i := range min(len(s.status.Neurons), s.height) { // more have no room
		if i != shown {
			lines = append(lines, s.other(i))
		}
	}
	for i, in := range s.status.Inputs {
		rank := other
		if slices.Contains(s.status.Config.Neurons[shown].Inputs, in.Name) {
			rank = reading
		}
		lines = append(lines, line{rank, s.input(i)})
	}
	if len(s.status.SpikeInputs) > 0 {
		lines = append(lines, line{other, s.spikeInputs()})
	}
	if n := s.status.Net; n != nil {
		lines = append(lines, text(other, dim.Render("net "+n.String())))
	}
	return append(append(lines, line{about, s.timing()}), s.problems()...)
}

// problems returns the faults and the notices.
func (s *screen) problems() (lines []line) {
	if overload := s.status.Overload.String(); overload != "" {
		lines = append(lines, text(problem, amber.Render(overload)))
	}
	lines = append(lines, s.wrong()...)
	if s.page != nil {
		if warning := s.page.warning.Load(); warning != nil {
			lines = append(lines, text(other, amber.Render(*warning)))
		}
	}
	for _, notice := range s.notice {
		lines = append(lines, text(problem, amber.Render(notice)))
	}
	return lines
}

// wrong returns the doctor's findings about the virtual Pi's wires. Without a failed check it returns the faults of the run too.
func (s *screen) wrong() (lines []line) {
	if !slices.ContainsFunc(s.status.Doctor, isFailed) {
		for _, f := range s.status.Broken() {
			lines = append(lines, text(problem, red.Render(fmt.Sprintf("%s %s: %s", f.Part, f.State, f.Cause))))
		}
	}
	for _, f := range s.status.Doctor {
		style := dim
		if isFailed(f) {
			style = red
		}
		found := f.Check + ": " + f.Seen
		if f.Means != "" {
			found += ": " + f.Means
		}
		lines = append(lines, text(finding, style.Render(found)))
		if f.Do != "" {
			lines = append(lines, text(needed, style.Render("do: "+f.Do)))
		}
	}
	return lines
}

// isFailed reports whether the check of a finding failed.
func isFailed(f doctor.Finding) bool { return f.Result == doctor.Failed }

// faulty returns ": " and the name of the present fault, or "".
func (s *screen) faulty() string {
	if s.status.Fault == fault.None {
		return ""
	}
	return ": " + s.status.Fault
}

// neuron returns the lines of the chosen neuron: its state and LEDs, its rates, and notes about the LEDs.
func (s *screen) neuron(i int) (lines []line) {
	n := s.status.Neurons[i]
	state := line{chosen, s.state(i)}
	if n.Count == 1 && n.Intervals.N > 0 {
		state.pieces = append(state.pieces, "ISI "+tty.Duration(time.Duration(n.Intervals.Latest)*s.status.Config.Loop.DT), fmt.Sprintf("CV %.3f", n.Intervals.CV))
	}
	rates := line{reading, []string{fmt.Sprintf("%*s spikes %d", len(n.Name), "", n.Spikes), rate(n), n.Prediction.String()}}
	if s.status.Config.Loop.Speed != 1 || s.status.Tick.Skipped > 0 {
		rates.pieces = append(rates.pieces, readable.Digits(n.RealTimeRate, 3)+"/s real time")
	}
	lines = []line{state, rates}
	lines[0].pieces = append(lines[0].pieces, s.lights(n.Name)...)
	for _, k := range s.leds(n.Name) {
		if note := s.status.Outputs[k].Note(); note != "" {
			lines = append(lines, text(reading, amber.Render(note)))
		}
	}
	return append(lines, s.oracles(n.Name)...)
}

// brief returns the lines below the picture with V, I and the rate of the chosen neuron alone in its line.
func (s *screen) brief(foot []line) []line {
	foot = slices.Clone(foot)
	shown, _ := s.selected()
	for i, l := range foot {
		if l.spare == chosen {
			foot[i].pieces = append(s.state(shown), fmt.Sprintf("%.1f Hz", s.status.Neurons[shown].Rate))
		}
	}
	return foot
}

// other returns the line of a neuron without a picture.
func (s *screen) other(i int) line {
	n := s.status.Neurons[i]
	return line{other, append(append(s.state(i), rate(n)), s.lights(n.Name)...)}
}

// rate returns the rate of a neuron. Of a population it is the mean, with the slowest and the fastest neuron and the mean CV.
func rate(n session.NeuronStatus) string {
	text := fmt.Sprintf("rate %.1f Hz", n.Rate)
	if n.Count > 1 {
		text = fmt.Sprintf("mean rate %.1f Hz, from %.1f to %.1f", n.Rate, n.Members.Low, n.Members.High)
		if n.Members.N > 0 {
			text += fmt.Sprintf(", CV %.2f", n.Members.CV)
		}
	}
	return text
}

// state returns a neuron's name and V, and its currents. Of a population they are those of the first neuron.
func (s *screen) state(i int) []string {
	n := s.status.Neurons[i]
	pieces := []string{fmt.Sprintf("%s V %6.1f mV", bold.Render(n.Name), n.V), "I " + nA(n.Current)}
	if n.Count > 1 {
		pieces[0] = bold.Render(n.Name) + " " + readable.Count(int64(n.Count), "neuron")
	}
	if n.HasSynaptic {
		pieces = append(pieces, braille.Paint("syn", tty.Synaptic)+" "+nA(n.Synaptic))
	}
	if n.HasW {
		pieces = append(pieces, braille.Paint("w", tty.Adapts)+" "+nA(n.W))
	}
	return pieces
}

// nA returns a current with its unit, without a minus sign before a zero.
func nA(current float64) string { return fmt.Sprintf("%.3f nA", math.Round(current*1000)/1000+0) }

// input returns the line of an input: the knob's position and the reading of its chip.
func (s *screen) input(i int) []string {
	is := s.status.Inputs[i]
	in := is.Config
	mark := " "
	if _, knob := s.selected(); knob == in.Name && len(s.targets()) > 1 {
		mark = ">"
	}
	longest := 0
	for _, other := range s.status.Inputs {
		longest = max(longest, len(other.Name))
	}
	r := is.Reading
	reads := parts.Shows(in, r)
	if r.Spread > 0 && parts.HasCodes(in) {
		reads += fmt.Sprintf(" ±%d", (r.Spread+1)/2)
	}
	pieces := []string{fmt.Sprintf("%s%-*s %s %s", mark, longest, in.Name, readable.Bar(r.Position, min(20, max(s.width/4, 1))), reads)}
	if note := is.Note.String(); note != "" && !slices.ContainsFunc(s.status.Doctor, isFailed) { // the doctor says more
		pieces = append(pieces, amber.Render(note))
	}
	return pieces
}

// spikeInputs returns the spike inputs with the numbers of their spikes so far, and of late and lost ones.
func (s *screen) spikeInputs() (pieces []string) {
	for _, in := range s.status.SpikeInputs {
		text := fmt.Sprintf(" %s spikes %d", in.Name, in.Spikes)
		for _, words := range in.Words() {
			text += ", " + words
		}
		pieces = append(pieces, text)
	}
	return pieces
}

// timing returns the ticks and the lateness of the loop.
func (s *screen) timing() []string {
	pieces := []string{fmt.Sprintf("ticks %d", s.status.Tick.Run()), "late " + s.status.Late.String()}
	if s.status.Tick.Skipped > 0 {
		pieces = append(pieces, amber.Render(fmt.Sprintf("skipped %d (over %s behind)", s.status.Tick.Skipped, readable.Seconds(s.status.Config.Loop.MaxLag.Seconds()))))
	}
	if s.status.Missed > 0 {
		pieces = append(pieces, amber.Render(fmt.Sprintf("%d steps missed by the scope", s.status.Missed)))
	}
	return pieces
}
