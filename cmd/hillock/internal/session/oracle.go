package session

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// Oracle describes an output that shows the spikes of its neuron before they come.
type Oracle struct {
	Ahead  time.Duration // model time from the light to the spike
	Lights int64         // so far
	Wrong  int64         // lights without a spike
	Missed int64         // spikes without a light
	Reason string        // for no prediction now, and so no lights; "" with one
	Codes  []OneCode     // by knob of the neuron
}

// OneCode is the effect of one code more of a knob on the next spike of a neuron.
type OneCode struct {
	Input     string
	AtEnd     bool          // one code more changes no current
	Now, Then int64         // steps to the next spike after the refractory time, now and with one code more; 0: no spike
	DT        time.Duration // of a step
}

// Sooner returns the time by which the next spike comes sooner with one code more, negative for later. It returns false if the spike
// is missing in one of the two cases.
func (c OneCode) Sooner() (d time.Duration, ok bool) {
	return time.Duration(c.Now-c.Then) * c.DT, c.Now > 0 && c.Then > 0
}

// Effect returns the effect of one code more in words, such as "0.1 ms sooner".
func (c OneCode) Effect() string {
	switch d, ok := c.Sooner(); {
	case c.AtEnd:
		return "none, it is at its end"
	case ok && d > 0:
		return config.FormatTime(d) + " sooner"
	case ok && d < 0:
		return config.FormatTime(-d) + " later"
	case ok:
		return "the same step"
	case c.Then > 0:
		return "it fires"
	case c.Now > 0:
		return "it is silent"
	}
	return "still silent"
}

// String returns the effect of one code more, such as "one code more of knob: next spike 0.1 ms sooner".
func (c OneCode) String() string {
	subject := "one code more of " + c.Input + ": "
	if _, ok := c.Sooner(); ok && !c.AtEnd {
		subject += "next spike "
		if c.Now == c.Then {
			subject += "in "
		}
	}
	return subject + c.Effect()
}

// Counts returns the lights, and those that were wrong or missing, in words.
func (o Oracle) Counts() []string {
	return []string{readable.Count(o.Lights, "light"), fmt.Sprintf("%d without a spike", o.Wrong), readable.Count(o.Missed, "spike") + " without a light"}
}

// Note returns the reason for no lights, or the effect of one code more of each knob.
func (o Oracle) Note() string {
	if o.Reason != "" {
		return Prediction{Reason: o.Reason}.String()
	}
	var all []string
	for _, c := range o.Codes {
		all = append(all, c.String())
	}
	return strings.Join(all, "; ")
}

// foretell returns the output of a cell for an open output: an oracle if its part shows spikes before they come.
func foretell(loop *neuron.Loop, out config.Output, cell *neuron.Cell, open board.Output) (o *neuron.Oracle, ok bool) {
	part, ok := out.Part.(config.Oracle)
	if !ok || part.Ahead() == 0 {
		return nil, false
	}
	o = neuron.NewOracle(cell, int64(part.Ahead()/loop.DT), open)
	loop.Observers = append(loop.Observers, o.Foresight())
	return o, true
}

// oracle returns the state of an output that shows spikes before they come, or nil.
func (l *leg) oracle(out config.Output, st *Status) *Oracle {
	o := l.oracles[out.Name]
	if o == nil {
		return nil
	}
	i := slices.IndexFunc(st.Config.Neurons, func(n config.Neuron) bool { return n.Name == out.Neuron })
	now := st.Neurons[i]
	is := &Oracle{Ahead: out.Part.(config.Oracle).Ahead(), Reason: now.Prediction.Reason}
	is.Lights, is.Wrong, is.Missed = o.Lights()
	if is.Reason != "" {
		return is
	}
	n := st.Config.Neurons[i]
	theory, _ := st.Config.Theory(n)
	for _, in := range st.Inputs {
		if !slices.Contains(n.Inputs, in.Name) || !parts.HasCodes(in.Config) || in.Reading.State != board.OK {
			continue
		}
		c := OneCode{Input: in.Name, AtEnd: in.Reading.More == in.Reading.Current, DT: st.Config.Loop.DT}
		c.Now, _ = theory.StepsToThreshold(now.V, now.Current)
		c.Then, _ = theory.StepsToThreshold(now.V, now.Current+in.Reading.More-in.Reading.Current)
		is.Codes = append(is.Codes, c)
	}
	return is
}
