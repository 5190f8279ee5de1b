package modeltime

import (
	"bufio"
	"io"

	"hillock/neuron"
)

// Worksheet is the classroom program at the origin of hillock. It runs the default neuron for 2 s under a drive R_I (mV) and writes
// "|" for a step with a spike and "_" for a step without, joined by spaces. Its time is a float, increased by dt in each step;
// its loop runs up to 2000 ms: 20,001 steps.
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

// tokens writes "|" or "_" for each step.
type tokens struct {
	w       *bufio.Writer
	started bool
}

func newTokens(w io.Writer) *tokens { return &tokens{w: bufio.NewWriter(w)} }

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
