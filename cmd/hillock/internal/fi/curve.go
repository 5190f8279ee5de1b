// Package fi measures and draws firing rate against input current.
package fi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/neuron"
)

// Curve is the firing rate of one neuron under constant input currents.
type Curve struct {
	Neuron   config.Neuron
	Named    bool // the summary names the neuron: the file has others
	DT       time.Duration
	Steps    int64     // run under each current
	Currents []float64 // nA, ascending
	spikes   []int64   // of each current, once measured
}

// Decimals returns n numbers at equal distances, both ends included, computed as decimal fractions: from 1.4 to 2 in four steps the
// second number is 1.6; floats would make it 1.5999999999999999.
func Decimals(from, to float64, n int) []float64 {
	low, distance := decimal(from), decimal(to)
	distance.Sub(distance, low)
	distance.Quo(distance, new(big.Rat).SetInt64(int64(n-1)))
	all := make([]float64, n)
	var v big.Rat
	for k := range all {
		v.SetInt64(int64(k))
		all[k], _ = v.Add(low, v.Mul(&v, distance)).Float64()
	}
	return all
}

// decimal returns a number as it is written.
func decimal(v float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64)) // no error: FormatFloat writes a valid number
	return r
}

// Measure runs the neuron under every current on all cores, and moves the bar, nil for none.
func (c *Curve) Measure(ctx context.Context, bar *modeltime.Progress) error {
	c.spikes = make([]int64, len(c.Currents))
	var done atomic.Int64
	all := &sharedProgress{bar: bar}
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for i, current := range c.Currents {
		workers.Go(func() (err error) {
			if c.spikes[i], err = c.count(ctx, current, all); err == nil {
				done.Add(1)
			}
			return err
		})
	}
	err := workers.Wait()
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted after %d of %d points; nothing was written", done.Load(), len(c.Currents))
	}
	return err
}

// count returns the number of spikes from rest under a constant current, in nA.
func (c *Curve) count(ctx context.Context, current float64, all *sharedProgress) (int64, error) {
	n, err := neuron.New(c.Neuron.Params)
	if err != nil {
		return 0, err
	}
	cell := &neuron.Cell{Name: c.Neuron.Name, Neuron: n, Inputs: []neuron.Input{modeltime.Constant(current)}}
	run := func(steps, ticks int64) error {
		if steps == 0 || ticks == 0 {
			return nil
		}
		loop := neuron.Loop{Clock: new(neuron.VirtualClock), Tick: time.Duration(steps) * c.DT, DT: c.DT, Speed: 1, Ticks: ticks,
			Cells: []*neuron.Cell{cell}, Observers: []neuron.Observer{&loopProgress{all: all}}}
		_, err := loop.Run(ctx)
		return err
	}
	// Whole ticks, then a shorter one for the rest of the steps.
	if err := run(modeltime.StepsPerTick, c.Steps/modeltime.StepsPerTick); err != nil {
		return 0, err
	}
	err = run(c.Steps%modeltime.StepsPerTick, 1)
	return cell.Spikes, err
}

// theory returns the closed forms of the neuron, nil for none: such a curve has measured points only. Adaptation has none.
func (c *Curve) theory() neuron.Theory {
	if lif, ok := c.Neuron.Params.(neuron.LIF); ok && lif.Adapts() {
		return nil
	}
	theory, _ := c.Neuron.Theory()
	return theory
}

// seconds returns the model time of each point.
func (c *Curve) seconds() float64 { return (time.Duration(c.Steps) * c.DT).Seconds() }

// rate returns the simulated firing rate of point i, in Hz of model time.
func (c *Curve) rate(i int) float64 { return float64(c.spikes[i]) / c.seconds() }

// CSV writes a row for each point.
func (c *Curve) CSV(w io.Writer) error {
	rows := modeltime.NewRows(w)
	theory := c.theory()
	header := "current_na,rate_hz"
	if theory != nil {
		header += ",rate_discrete_hz,rate_exact_hz"
	}
	rows.Header(header)
	for i, current := range c.Currents {
		row := []float64{current, c.rate(i)}
		if theory != nil {
			row = append(row, theory.DiscreteRate(current), theory.ExactRate(current))
		}
		rows.Row(row...)
	}
	return rows.Err()
}

// Summary returns the curve in a line: the neuron if the file has others, the rheobase, and the agreement of simulation and closed form.
func (c *Curve) Summary() string {
	if c.Named {
		return c.Neuron.Name + ": " + c.agreement()
	}
	return c.agreement()
}

// agreement returns the rheobase, and the agreement of simulation and closed form.
func (c *Curve) agreement() string {
	theory := c.theory()
	if theory == nil {
		return session.Now(c.Neuron, nil, 0).String()
	}
	if p := session.Now(c.Neuron, nil, 0); !p.Exists() {
		return fmt.Sprintf("rheobase %s nA; %s", readable.Digits(theory.Rheobase(), 4), p)
	}
	agree, worst, at := 0, 0.0, 0
	for i, current := range c.Currents {
		if c.spikes[i] == theory.SpikeCount(current, c.Steps) {
			agree++
		}
		if d := math.Abs(c.rate(i) - theory.DiscreteRate(current)); d > worst {
			worst, at = d, i
		}
	}
	n := len(c.Currents)
	s := fmt.Sprintf("rheobase %s nA; spike counts as predicted at %d of %d currents; ", readable.Digits(theory.Rheobase(), 4), agree, n)
	if worst == 0 {
		return s + "no deviation from the discrete rate"
	}
	s += fmt.Sprintf("largest deviation from the discrete rate %s Hz, at %s nA: ", readable.Digits(worst, 3), readable.Digits(c.Currents[at], 9))
	if spikes := worst * c.seconds(); spikes >= 1 {
		s += fmt.Sprintf("%s spikes in %s", readable.Digits(spikes, 3), readable.Seconds(c.seconds()))
		if levels := c.Neuron.Levels(); levels.Reset.V > levels.Rest.V {
			s += ", because the first spike starts from rest and takes longer"
		}
		return s
	}
	return s + "less than one spike in " + readable.Seconds(c.seconds())
}

func (c *Curve) from() float64 { return c.Currents[0] }

func (c *Curve) to() float64 { return c.Currents[len(c.Currents)-1] }

// top returns the upper end of the axis, in Hz. All simulated points fit below it. The exact curve fits too, unless it is far
// above them, as with a spike in nearly every step.
func (c *Curve) top() float64 {
	top, theory := 0.0, c.theory()
	if theory != nil {
		top = theory.DiscreteRate(c.to())
	}
	for i := range c.Currents {
		top = max(top, c.rate(i))
	}
	if theory != nil {
		if exact := theory.ExactRate(c.to()); exact < 1.5*top {
			top = max(top, exact)
		}
	}
	if top == 0 {
		return 1
	}
	return 1.04 * top
}
