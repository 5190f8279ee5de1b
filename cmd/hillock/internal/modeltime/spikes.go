package modeltime

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"hillock/neuron"
)

// spikes writes a row for each spike, in the order of the steps and then of the neurons.
func (s *assembled) spikes(ctx context.Context, w io.Writer) error {
	rows := &Rows{w: w, dt: s.loop.DT}
	rows.Header("step,time_ms,neuron")
	s.watch(func(cell *neuron.Cell, member int32, step int64) {
		rows.stamp(step)
		rows.buf = append(rows.buf, ',')
		rows.buf = append(rows.buf, cell.Name...)
		if cell.Count > 1 {
			rows.buf = append(rows.buf, '.')
			rows.buf = strconv.AppendInt(rows.buf, int64(member)+1, 10)
		}
		rows.end()
	})
	return rows.run(ctx, s.loop)
}

// watch lets the loop call spiked at each spike of a shown neuron.
func (s *assembled) watch(spiked func(cell *neuron.Cell, member int32, step int64)) {
	if s.loop.Net == nil {
		for i, c := range s.loop.Cells {
			if s.shown[i] > 0 {
				c.Outputs = append(c.Outputs, &cellWatch{c, spiked})
			}
		}
		return
	}
	s.loop.Observers = append(s.loop.Observers, &netWatch{s: s, spiked: spiked})
}

// cellWatch is an output of a neuron outside a network: a loop without observers is faster.
type cellWatch struct {
	cell   *neuron.Cell
	spiked func(cell *neuron.Cell, member int32, step int64)
}

func (c *cellWatch) Tick(time.Duration) {}

func (c *cellWatch) Spike(step int64, _ time.Duration) { c.spiked(c.cell, 0, step) }

// netWatch is an observer of the neurons of a network.
type netWatch struct {
	s      *assembled
	at     int // cell of the next sample
	spiked func(cell *neuron.Cell, member int32, step int64)
}

func (n *netWatch) Tick(neuron.Tick) {}

func (n *netWatch) Step(sample neuron.Sample) {
	shown := n.s.shown[n.at]
	if n.at++; n.at == len(n.s.shown) {
		n.at = 0
	}
	if shown == 0 {
		return
	}
	for _, member := range sample.Cell.Fired {
		if n.s.Shown.Member == All || n.s.Shown.Member == int(member) {
			n.spiked(sample.Cell, member, sample.Step)
		}
	}
}

// marks writes a mark for each step of the only shown neuron.
func (s *assembled) marks(ctx context.Context, w io.Writer) error {
	t := newTokens(w)
	next := int64(1)
	silent := func(until int64) {
		for ; next < until; next++ {
			t.step(false)
		}
	}
	s.watch(func(_ *neuron.Cell, _ int32, step int64) {
		silent(step)
		t.step(true)
		next++
	})
	end, err := s.loop.Run(ctx)
	silent(end.Steps + 1)
	return errors.Join(interrupted(err, end, s.loop.DT), t.end())
}
