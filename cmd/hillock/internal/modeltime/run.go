// Package modeltime runs the neurons of a configuration in model time, as fast as the machine can.
package modeltime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"hillock/cmd/hillock/internal/circuit"
	"hillock/config"
	"hillock/neuron"
)

// StepsPerTick is the number of steps of one neuron in a tick of the loop. It is small enough to stop at once, and large enough to
// make the cost of a tick negligible.
const StepsPerTick = 10_000

// Run is a configuration from its start: all its neurons with their synapses and inputs.
type Run struct {
	Config   *config.Config
	Shown    Selection
	Input    neuron.Input // of the selected table in place of its own inputs; nil: its own
	Steps    int64
	Progress *Progress // nil without a terminal
}

// Formats returns the formats of Write: a summary, a row for each spike, a row for each step, or a mark for each step.
func Formats() []string { return []string{"summary", "spikes", "trace", "worksheet"} }

// Write runs the configuration and writes it in one of Formats.
func (r *Run) Write(ctx context.Context, w io.Writer, format string) error {
	s, err := r.assemble()
	if err != nil {
		return err
	}
	if r.Progress != nil {
		r.Progress.every /= int64(s.circuit.Len())
		s.loop.Observers = append(s.loop.Observers, r.Progress)
		defer r.Progress.Done()
	}
	switch format {
	case "summary":
		return s.summary(ctx, w)
	case "spikes":
		return s.spikes(ctx, w)
	case "trace":
		return s.trace(ctx, w)
	case "worksheet":
		return s.marks(ctx, w)
	}
	return fmt.Errorf("%s, got %q", FormatRule, format)
}

// FormatRule is the rule of a format's name.
const FormatRule = "must be summary, spikes, trace or worksheet"

// Check returns an error for an unknown format, and for one that cannot show the selected neurons.
func (r *Run) Check(format string) error {
	if !slices.Contains(Formats(), format) {
		return fmt.Errorf("%s, got %q", FormatRule, format)
	}
	all := 0
	for i, n := range r.Config.Neurons {
		all += r.Shown.of(i, n)
	}
	most := map[string]int{"trace": mostTraces, "worksheet": 1}[format]
	if most == 0 || all <= most {
		return nil
	}
	first := r.Config.Neurons[max(0, r.Shown.Table)]
	name := first.Name
	if first.Count > 1 {
		name += ".1"
	}
	neurons := fmt.Sprintf("%d neurons", most)
	if most == 1 {
		neurons = "one neuron"
	}
	return fmt.Errorf("%s shows at most %s, got %d: choose one with --neuron, such as --neuron %s", format, neurons, all, name)
}

// assembled is a run before its first step.
type assembled struct {
	*Run
	circuit *circuit.Circuit
	loop    *neuron.Loop
	tables  []config.Neuron // by cell of the loop
	shown   []int           // by cell: number of shown neurons
}

func (r *Run) assemble() (*assembled, error) {
	c, err := circuit.Of(r.Config)
	if err != nil {
		return nil, err
	}
	cells, err := c.Cells()
	if err != nil {
		return nil, err
	}
	inputs, err := Inputs(r.Config)
	if err != nil {
		return nil, err
	}
	for i, n := range r.Config.Neurons {
		for _, name := range n.Inputs {
			cells[i].Inputs = append(cells[i].Inputs, inputs[name])
		}
		if i == r.Shown.Table && r.Input != nil {
			cells[i].Inputs = []neuron.Input{r.Input}
		}
	}
	s := &assembled{Run: r, circuit: c, tables: r.Config.Neurons}
	net := c.Net(cells, func(name string) neuron.Input { return inputs[name] })
	if t := r.Shown.Table; net == nil && t != All { // the other neurons have no effect on this one
		cells, s.tables = cells[t:t+1], s.tables[t:t+1]
		s.shown = []int{1}
	} else {
		for i, n := range s.tables {
			s.shown = append(s.shown, r.Shown.of(i, n))
		}
	}
	perTick := int64(1) // a current may change at every step
	if s.steady(cells, inputs) {
		perTick = gcd(r.Steps, max(1, StepsPerTick/int64(c.Len())))
	}
	s.loop = &neuron.Loop{Clock: new(neuron.VirtualClock), Tick: time.Duration(perTick) * r.Config.Loop.DT, DT: r.Config.Loop.DT, Speed: 1,
		Ticks: r.Steps / perTick, Cells: cells, Net: net}
	return s, nil
}

// steady reports whether all inputs of the loop are constant.
func (s *assembled) steady(cells []*neuron.Cell, inputs map[string]neuron.Input) bool {
	var all []neuron.Input
	for _, c := range cells {
		all = append(all, c.Inputs...)
	}
	for _, syn := range s.Config.Synapses {
		if syn.Gain != "" {
			all = append(all, inputs[syn.Gain])
		}
	}
	for _, in := range all {
		if _, ok := constantOf(in); !ok {
			return false
		}
	}
	return true
}

// all returns the number of shown neurons.
func (s *assembled) all() (sum int) {
	for _, n := range s.shown {
		sum += n
	}
	return sum
}

// gcd returns the greatest common divisor of two numbers above 0.
func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// interrupted adds the model time so far to the error of an ended context. It returns other errors, and nil, as they are.
func interrupted(err error, end neuron.Tick, dt time.Duration) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted after %s of model time", config.FormatTime(time.Duration(end.Steps)*dt))
	}
	return err
}
