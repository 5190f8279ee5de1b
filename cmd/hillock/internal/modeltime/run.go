package modeltime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/neuron"
)

// StepsPerTick is the number of steps in a tick of the loop. It is small enough to stop at once, and large enough to make the cost
// of a tick negligible.
const StepsPerTick = 10_000

// Run is one neuron from rest under a current.
type Run struct {
	Neuron   config.Neuron
	DT       time.Duration
	Steps    int64
	Input    neuron.Input
	Progress *Progress // nil without a terminal
}

// Formats returns the formats of Write: a summary, a row for each spike, a row for each step, or a mark for each step.
func Formats() []string { return []string{"summary", "spikes", "trace", "worksheet"} }

// Write runs the neuron and writes it in one of Formats.
func (r *Run) Write(ctx context.Context, w io.Writer, format string) error {
	loop, err := r.loop()
	if err != nil {
		return err
	}
	if r.Progress != nil {
		loop.Observers = append(loop.Observers, r.Progress)
		defer r.Progress.Done()
	}
	switch format {
	case "summary":
		return r.summary(ctx, w, loop)
	case "spikes":
		return spikes(ctx, w, loop)
	case "trace":
		return trace(ctx, w, loop)
	case "worksheet":
		return marks(ctx, w, loop)
	}
	return fmt.Errorf("must be one of %q, got %q", Formats(), format)
}

func (r *Run) loop() (*neuron.Loop, error) {
	n, err := neuron.New(r.Neuron.Params)
	if err != nil {
		return nil, err
	}
	cell := &neuron.Cell{Name: r.Neuron.Name, Neuron: n, Inputs: []neuron.Input{r.Input}}
	// A recorded current may change at every step: one step a tick.
	perTick := int64(1)
	if _, ok := r.Input.(Constant); ok {
		perTick = gcd(r.Steps, StepsPerTick)
	}
	return &neuron.Loop{Clock: new(neuron.VirtualClock), Tick: time.Duration(perTick) * r.DT, DT: r.DT, Speed: 1,
		Ticks: r.Steps / perTick, Cells: []*neuron.Cell{cell}}, nil
}

// gcd returns the greatest common divisor of two numbers above 0.
func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (r *Run) summary(ctx context.Context, w io.Writer, loop *neuron.Loop) error {
	var stats isiStats
	loop.Cells[0].Outputs = []neuron.Output{&stats}
	end, err := loop.Run(ctx)
	if err != nil {
		return interrupted(err, end, loop.DT)
	}
	c := loop.Cells[0]
	fmt.Fprintf(w, "neuron     %s\n", c.Name)
	i, steady := r.Input.(Constant)
	theory, _ := c.Params().Theory()
	if steady {
		fmt.Fprintf(w, "current    %g nA", float64(i))
		if theory != nil {
			fmt.Fprintf(w, " (rheobase %g nA)", theory.Rheobase())
		}
		fmt.Fprintln(w)
	}
	dt := readable.Milliseconds(loop.DT)
	seconds := float64(end.Steps) * dt / 1000
	fmt.Fprintf(w, "model time %g s, %d steps of %g ms\n", seconds, end.Steps, dt)
	fmt.Fprintf(w, "spikes     %d\n", c.Spikes)
	fmt.Fprintf(w, "rate       %s Hz, spikes over model time\n", readable.Digits(float64(c.Spikes)/seconds, 4))
	if c.Spikes > 0 {
		fmt.Fprintf(w, "first      step %d, %g ms\n", c.First, stepTime(c.First, loop.DT))
	}
	if mean, cv, ok := stats.isi(dt); ok {
		fmt.Fprintf(w, "ISI        mean %s ms, CV %s\n", readable.Digits(mean, 6), readable.Digits(cv, 3))
	}
	switch p := session.Now(config.Neuron{Params: c.Params()}, nil, float64(i)); {
	case !p.Exists():
		_, err = fmt.Fprintln(w, p)
	case steady:
		_, err = fmt.Fprintf(w, "predicted  %s, %s\nexact      %s Hz, from the continuous equation\n", readable.Count(theory.SpikeCount(float64(i), end.Steps), "spike"),
			readable.Interval(p.Hz, float64(i)), readable.Digits(theory.ExactRate(float64(i)), 4))
	}
	return err
}

func spikes(ctx context.Context, w io.Writer, loop *neuron.Loop) error {
	rows := &Rows{w: w, dt: loop.DT}
	rows.Header("step,time_ms")
	loop.Cells[0].Outputs = append(loop.Cells[0].Outputs, (*spikeRows)(rows))
	return rows.run(ctx, loop)
}

func trace(ctx context.Context, w io.Writer, loop *neuron.Loop) error {
	rows := &Rows{w: w, dt: loop.DT}
	rows.Header("step,time_ms,current_na,v_mv,spike")
	loop.Observers = append(loop.Observers, (*traceRows)(rows))
	return rows.run(ctx, loop)
}

func marks(ctx context.Context, w io.Writer, loop *neuron.Loop) error {
	t := newTokens(w)
	loop.Observers = append(loop.Observers, t)
	end, err := loop.Run(ctx)
	return errors.Join(interrupted(err, end, loop.DT), t.end())
}

// interrupted adds the model time so far to the error of an ended context. It returns other errors, and nil, as they are.
func interrupted(err error, end neuron.Tick, dt time.Duration) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted after %s of model time", config.FormatTime(time.Duration(end.Steps)*dt))
	}
	return err
}
