package modeltime

import (
	"bufio"
	"io"

	"hillock/neuron"
)

// Worksheet is the classroom program that all this started from: the default neuron for 2 s under a drive R_I (mV), a
// "|" for each step with a spike and a "_" for each without, joined by spaces. Its time is a float that grows by dt at
// a time, and its loop runs while that is at most 2000 ms: 20,001 steps.
func Worksheet(w io.Writer, ri float64) error {
	p := neuron.Default()
	n, err := neuron.New(p)
	if err != nil {
		return err
	}
	out := newTokens(w)
	for t := 0.0; t <= 2000; t += p.DT {
		out.step(n.Step(ri))
	}
	return out.end()
}

// tokens is an observer that writes one "|" or "_" a step.
type tokens struct {
	w       *bufio.Writer
	started bool
}

func newTokens(w io.Writer) *tokens { return &tokens{w: bufio.NewWriter(w)} }

func (t *tokens) Tick(neuron.Tick) {}

func (t *tokens) Step(s neuron.Sample) { t.step(s.Spiked) }

func (t *tokens) step(spiked bool) {
	if t.started {
		t.w.WriteByte(' ')
	}
	t.started = true
	if spiked {
		t.w.WriteByte('|')
	} else {
		t.w.WriteByte('_')
	}
}

// end ends the line and returns the first error of all writes.
func (t *tokens) end() error {
	t.w.WriteByte('\n')
	return t.w.Flush()
}
