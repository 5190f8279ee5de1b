package terminal

import (
	"fmt"
	"math"
	"strings"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
)

// fewNeurons have a line each in the log for people. More neurons share a line.
const fewNeurons = 3

// forPeople writes new notes, and with lines the present state of the neurons.
func (l *logger) forPeople(lines bool) {
	l.reasons()
	l.turned()
	for i := range l.status.Neurons {
		l.notes(i)
		if lines && len(l.status.Neurons) <= fewNeurons {
			l.line(i)
		}
	}
	if lines {
		l.oracles()
		l.edgeInputs()
		if n := l.status.Net; n != nil {
			l.Info("net  " + n.String())
		}
	}
	if lines && len(l.status.Neurons) > fewNeurons {
		l.rates()
	}
}

// line writes a neuron for people, in 80 columns.
func (l *logger) line(i int) {
	n := l.status.Neurons[i]
	predicted := "no prediction"
	if n.Prediction.Exists() {
		predicted = n.Prediction.String()
	}
	state := fmt.Sprintf("%6.1f mV", n.V)
	if n.Count > 1 {
		state = fmt.Sprintf("%d neurons", n.Count)
	}
	text := fmt.Sprintf("%s  %s  %s  %5.1f Hz  %s", n.Name, state, nA(n.Current), n.Rate, predicted)
	if l.real() {
		text += fmt.Sprintf("  %s/s real time", readable.Digits(n.RealTimeRate, 3))
	}
	l.Info(text)
}

// oracles writes the lights of outputs that show spikes before they come, for people, in 80 columns.
func (l *logger) oracles() {
	for _, out := range l.status.Outputs {
		if o := out.Oracle; o != nil {
			text := fmt.Sprintf("%s  %s, %d wrong, %d missed", out.Name, readable.Count(o.Lights, "light"), o.Wrong, o.Missed)
			for _, c := range o.Codes {
				text += "; " + c.Input + " +1 code: " + c.Effect()
			}
			l.Info(text)
		}
	}
}

// edgeInputs writes the spikes of edge inputs, for people: a line for each.
func (l *logger) edgeInputs() {
	for _, in := range l.status.SpikeInputs {
		if in.Edges != nil {
			l.Info(strings.Join(append([]string{in.Name + "  " + readable.Count(in.Spikes, "spike")}, in.Words()...), ", "))
		}
	}
}

// netRecords writes the class and its boards, for programs.
func (l *logger) netRecords() {
	n := l.status.Net
	if n == nil {
		return
	}
	l.Info("net", "class", n.Class, "board", n.Board, "broker", n.Broker, "state", n.State, "sent", n.Sent, "unsent", n.Unsent)
	for _, r := range n.Boards {
		l.Info("board", "board", r.Name, "online", r.Online, "spikes", r.Spikes, "late", r.Late, "dropped", r.Dropped, "lost_ms", readable.Milliseconds(r.Lost), "gaps", r.Gaps,
			"offset_ms", readable.Milliseconds(r.Offset), "round_trip_ms", readable.Milliseconds(r.RoundTrip))
	}
}

// spikeRecords writes the spikes from outside, for programs.
func (l *logger) spikeRecords() {
	for _, in := range l.status.SpikeInputs {
		if e := in.Edges; e != nil {
			l.Info("edge input", "input", in.Name, "spikes", in.Spikes, "late", e.Late, "lost", e.Lost, "dropped", e.Dropped, "ignored", e.Ignored)
		}
		if r := in.Remote; r != nil {
			l.Info("neuron of another board", "input", in.Name, "spikes", in.Spikes, "late", r.Late, "dropped", r.Dropped)
		}
	}
}

// edgesLost warns of edges lost or dropped since the latest line about them.
func (l *logger) edgesLost() {
	for _, in := range l.status.SpikeInputs {
		if in.Edges == nil {
			continue
		}
		gone := in.Edges.Lost + in.Edges.Dropped
		if n := gone - l.edgesGone[in.Name]; n > 0 {
			l.Warn("edges are missing: they came too fast, or in skipped time", "input", in.Name, "missing", n)
		}
		l.edgesGone[in.Name] = gone
	}
}

// real reports whether rates in real time and model time differ.
func (l *logger) real() bool { return l.status.Config.Loop.Speed != 1 || l.status.Tick.Skipped > 0 }

// rates writes the rates of all neurons for people, in 80 columns.
func (l *logger) rates() {
	const room = 66
	text := ""
	for i, n := range l.status.Neurons {
		next := fmt.Sprintf("%s %.1f", n.Name, n.Rate)
		if len(text)+len(next) > room {
			text += fmt.Sprintf(", %d more", len(l.status.Neurons)-i)
			break
		}
		if text != "" {
			text += ", "
		}
		text += next
	}
	l.Info(text + " Hz")
}

// reasons writes new reasons for missing predictions, for people: one line for all neurons with the same.
func (l *logger) reasons() {
	var reasons []string
	names := map[string][]string{}
	for _, n := range l.status.Neurons {
		if reason := n.Prediction.Reason; l.says("prediction of "+n.Name, reason) && reason != "" {
			if names[reason] == nil {
				reasons = append(reasons, reason)
			}
			names[reason] = append(names[reason], n.Name)
		}
	}
	for _, reason := range reasons {
		l.Info(ends(names[reason]) + ": no prediction: " + reason)
	}
}

// turned writes the gains of synapses at the start, and after a turn of their knob, for people.
func (l *logger) turned() {
	const large = 0.1 // above the noise of a knob
	for i, is := range l.status.Synapses {
		text := l.status.GainOf(i)
		if was, ok := l.gains[is.Name]; text != "" && (!ok || math.Abs(is.Gain-was) > large) {
			l.gains[is.Name] = is.Gain
			l.Info("synapse " + is.Name + ": " + text)
		}
	}
}

// notes writes new notes on a neuron's inputs and outputs, for people.
func (l *logger) notes(i int) {
	n := l.status.Neurons[i]
	for k, out := range l.status.Config.Outputs {
		if note := l.status.Outputs[k].Note(); config.TableOf(out.Neuron) == n.Name && l.says("note on "+out.Name, note) && note != "" {
			l.Info(note)
		}
	}
	for _, name := range l.status.Config.Neurons[i].Inputs {
		in := l.status.Input(name)
		if note := in.Note.String(); in.Fault.Cause == "" && l.says("note on "+name, note) && note != "" {
			l.Info(name + " " + note)
		}
	}
}

// record writes a neuron for programs.
func (l *logger) record(i int, late session.Percentiles) {
	st, n := &l.status, l.status.Neurons[i]
	round := readable.Round
	attrs := []any{"neuron", n.Name, "v_mv", round(n.V), "current_na", round(n.Current), "spikes", n.Spikes, "rate_hz", round(n.Rate)}
	if n.Count > 1 {
		attrs = append(attrs, "neurons", n.Count, "lowest_rate_hz", round(n.Members.Low), "highest_rate_hz", round(n.Members.High))
		if n.Members.N > 0 {
			attrs = append(attrs, "mean_cv", round(n.Members.CV))
		}
	}
	if n.HasSynaptic {
		attrs = append(attrs, "synaptic_na", round(n.Synaptic))
	}
	if n.HasW {
		attrs = append(attrs, "w_na", round(n.W))
	}
	if p := n.Prediction; p.Exists() {
		attrs = append(attrs, "predicted_hz", round(p.Hz))
	} else {
		attrs = append(attrs, "no_prediction", p.Reason)
	}
	if l.real() {
		attrs = append(attrs, "real_time_hz", round(n.RealTimeRate))
	}
	for k, out := range st.Config.Outputs {
		if text := st.Outputs[k].Note(); text != "" && config.TableOf(out.Neuron) == n.Name {
			attrs = append(attrs, out.Name+"_note", text)
		}
		if o := st.Outputs[k].Oracle; o != nil && out.Neuron == n.Name {
			attrs = append(attrs, out.Name+"_lights", o.Lights, out.Name+"_wrong", o.Wrong, out.Name+"_missed", o.Missed)
			for _, c := range o.Codes {
				if d, ok := c.Sooner(); ok {
					attrs = append(attrs, out.Name+"_"+c.Input+"_sooner_ms", readable.Milliseconds(d))
				}
			}
		}
	}
	for _, name := range st.Config.Neurons[i].Inputs {
		in := st.Input(name)
		if in.Reading.Raw < 0 { // not a knob
			attrs = append(attrs, name+"_na", round(in.Reading.Current))
			continue
		}
		attrs = append(attrs, name, fmt.Sprintf("%.1f%%", 100*in.Reading.Position))
		if n := in.Note.String(); n != "" {
			attrs = append(attrs, name+"_note", n)
		}
	}
	l.Info("run", append(attrs, percentiles("late", late)...)...)
}
