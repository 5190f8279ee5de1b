package modeltime

import (
	"context"
	"io"
	"slices"

	"hillock/neuron"
)

// mostTraces is the largest number of neurons in a trace: each has columns of its own.
const mostTraces = 100

// trace writes a row for each step, with columns for each neuron.
func (s *assembled) trace(ctx context.Context, w io.Writer) error {
	rows := &traceRows{Rows: Rows{w: w, dt: s.loop.DT}, net: s.loop.Net}
	header := "step,time_ms"
	for i, n := range s.tables {
		_, adapts := neuron.AdaptationCurrent(s.loop.Cells[i].Neuron)
		first, count := s.Shown.members(s.shown[i])
		var all []traced
		for k := range count {
			name := memberName(n, first+k)
			t := traced{member: first + k, synaptic: s.receives(name), w: adapts}
			prefix := ","
			if s.all() > 1 {
				prefix += name + "."
			}
			header += prefix + "current_na" + prefix + "v_mv" + prefix + "spike"
			if t.synaptic {
				header += prefix + "synaptic_na"
			}
			if t.w {
				header += prefix + "w_na"
			}
			all = append(all, t)
		}
		rows.cells = append(rows.cells, all)
	}
	rows.Header(header)
	s.loop.Observers = append(s.loop.Observers, rows)
	return rows.run(ctx, s.loop)
}

// receives reports whether a neuron has a synaptic current.
func (s *assembled) receives(name string) bool {
	number, _ := s.circuit.Number(name)
	return slices.ContainsFunc(s.circuit.Synapses, func(syn neuron.Synapse) bool {
		return syn.Kind.HasTau() && slices.ContainsFunc(syn.Targets, func(to []int32) bool { return slices.Contains(to, int32(number)) })
	})
}

// traced is a neuron with its columns.
type traced struct {
	member      int
	synaptic, w bool
}

// traceRows writes a row for each step.
type traceRows struct {
	Rows
	net   *neuron.Net // nil: neurons alone
	cells [][]traced  // by cell of the loop
	at    int         // cell of the next sample
}

func (r *traceRows) Tick(neuron.Tick) {}

func (r *traceRows) Step(s neuron.Sample) {
	if r.at == 0 {
		r.stamp(s.Step)
	}
	for _, t := range r.cells[r.at] {
		v, w, spiked := s.V, s.Cell.W, s.Spiked
		if r.net != nil {
			v, w = r.net.V(r.at, t.member), r.net.W(r.at, t.member)
			_, spiked = slices.BinarySearch(s.Cell.Fired, int32(t.member))
		}
		r.number(s.Current)
		r.number(v)
		if spiked {
			r.buf = append(r.buf, ",1"...)
		} else {
			r.buf = append(r.buf, ",0"...)
		}
		if t.synaptic {
			r.number(r.net.Synaptic(r.at, t.member))
		}
		if t.w {
			r.number(w)
		}
	}
	if r.at++; r.at == len(r.cells) {
		r.at = 0
		r.end()
	}
}
