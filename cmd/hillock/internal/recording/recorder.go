// Package recording writes the inputs of a run to a file, and makes a configuration that plays them. The replay has the same spikes in
// the same steps.
package recording

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"hillock/neuron"
	"hillock/neuron/wave"
)

// room is the number of rows for a slow disk: a second of 60 inputs that change in each tick of 1 ms.
const room = 1 << 16

// Input is an input of a loop: a current, or spikes from outside.
type Input struct {
	Name    string
	Current func() (nA float64, ok bool) // in the latest tick; not ok: it has no reading, and a replay cannot show that
	Spikes  *neuron.Received
}

// Recorder records the inputs of a run. Its rows wait for Write.
type Recorder struct {
	rows chan row
	lost atomic.Int64
	end  atomic.Pointer[string] // why the recording ended before the run; nil: it did not
	of   *observer              // nil before Observe
}

// row is a row of the file.
type row struct {
	step  int64
	at    time.Duration // model time
	input string
	kind  kind
	value float64 // nA, or the gain
}

type kind int8

const (
	known kind = iota // an input of spikes, without a spike
	current
	spike
)

// New returns a recorder.
func New() *Recorder { return &Recorder{rows: make(chan row, room)} }

// Observe returns the observer of a loop that records its inputs. A replay is exact while the loop runs unchanged: the recording ends
// at a change of the run, at skipped time, and at the loop of another configuration.
func (r *Recorder) Observe(l *neuron.Loop, inputs []Input) neuron.Observer {
	if r.of != nil {
		r.stop(r.of.steps, "the configuration was reloaded")
		return idle{}
	}
	for _, in := range inputs {
		if in.Spikes != nil {
			r.put(row{input: in.Name})
		}
	}
	r.of = &observer{to: r, loop: l, inputs: inputs, currents: make([]float64, len(inputs)), speed: l.Speed}
	return r.of
}

// Close ends the rows. The loop must have ended.
func (r *Recorder) Close() { close(r.rows) }

// Note returns the end of the recording before the end of the run, with the reason, or "".
func (r *Recorder) Note() string {
	if end := r.end.Load(); end != nil {
		return *end
	}
	return ""
}

// Err returns an error for lost rows.
func (r *Recorder) Err() error {
	if n := r.lost.Load(); n > 0 {
		return fmt.Errorf("%d rows lost: the disk was too slow: record to another disk", n)
	}
	return nil
}

// stop ends the recording after a step.
func (r *Recorder) stop(step int64, reason string) {
	text := fmt.Sprintf("the recording ends after step %d: %s", step, reason)
	r.end.CompareAndSwap(nil, &text)
}

// put adds a row. It never waits.
func (r *Recorder) put(of row) {
	select {
	case r.rows <- of:
	default:
		r.lost.Add(1)
	}
}

// Write writes the rows until Close.
func (r *Recorder) Write(w io.Writer) error {
	if _, err := fmt.Fprintln(w, strings.Join(wave.InputHeader, ",")); err != nil {
		return err
	}
	var line []byte
	for of := range r.rows {
		line = of.appendTo(line[:0])
		if _, err := w.Write(line); err != nil {
			for range r.rows { // the loop goes on
			}
			return err
		}
	}
	return nil
}

// appendTo appends the row as a line.
func (of row) appendTo(line []byte) []byte {
	line = append(strconv.AppendInt(line, of.step, 10), ',')
	line = append(strconv.AppendFloat(line, float64(of.at)/1e6, 'f', -1, 64), ',')
	line = append(append(line, of.input...), ',')
	if of.kind == current {
		line = strconv.AppendFloat(line, of.value, 'g', -1, 64)
	}
	line = append(line, ',')
	if of.kind == spike {
		line = strconv.AppendFloat(line, of.value, 'g', -1, 64)
	}
	return append(line, '\n')
}

// observer records the inputs of a loop.
type observer struct {
	to       *Recorder
	loop     *neuron.Loop
	inputs   []Input
	currents []float64 // by input, in the latest row
	speed    float64   // at the start
	start    time.Duration
	begun    bool
	over     bool
	steps    int64 // so far
}

// Tick implements neuron.Observer.
func (o *observer) Tick(t neuron.Tick) {
	if o.over {
		return
	}
	if !o.begun {
		o.begun, o.start = true, t.Deadline
	}
	if reason := o.ends(t); reason != "" {
		o.over = true
		o.to.stop(o.steps, reason)
		return
	}
	first := o.steps + 1
	if o.steps = t.Steps; first > t.Steps {
		return
	}
	at := time.Duration(math.Round(float64(t.Deadline-o.start) * o.speed))
	for i, in := range o.inputs {
		if in.Spikes != nil {
			o.spikes(in, first, t.Steps)
		} else if nA, _ := in.Current(); first == 1 || nA != o.currents[i] {
			o.currents[i] = nA
			o.to.put(row{first, at, in.Name, current, nA})
		}
	}
}

// ends returns the reason for the end of the recording before a tick, or "".
func (o *observer) ends(t neuron.Tick) string {
	switch {
	case t.Skipped > 0:
		return "time was skipped"
	case t.Adjusted > 0:
		return "the run was changed"
	}
	for _, in := range o.inputs {
		if in.Current == nil {
			continue
		}
		if _, ok := in.Current(); !ok {
			return "input " + in.Name + " was lost"
		}
	}
	return ""
}

// spikes records the spikes that the network has read in some steps: those of another board have earlier steps.
func (o *observer) spikes(in Input, first, last int64) {
	behind := in.Spikes.Behind()
	for step := max(1, first-behind); step <= last-behind; step++ {
		if in.Spikes.Spikes(step) {
			o.to.put(row{step, time.Duration(step) * o.loop.DT, in.Name, spike, in.Spikes.Gain(step)})
		}
	}
}

// idle is an observer without effect.
type idle struct{}

// Tick implements neuron.Observer.
func (idle) Tick(neuron.Tick) {}
