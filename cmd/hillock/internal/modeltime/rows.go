package modeltime

import (
	"context"
	"io"
	"strconv"
	"time"

	"hillock/neuron"
)

// Rows writes rows of numbers; they read back to the same bits. The first error stops the writing and the loop.
type Rows struct {
	w    io.Writer
	dt   time.Duration
	buf  []byte
	err  error
	stop context.CancelFunc
}

// NewRows returns rows on w.
func NewRows(w io.Writer) *Rows { return &Rows{w: w} }

// Err returns the first error.
func (r *Rows) Err() error { return r.err }

// run runs the loop until its end or the first error.
func (r *Rows) run(ctx context.Context, loop *neuron.Loop) error {
	ctx, r.stop = context.WithCancel(ctx)
	defer r.stop()
	end, err := loop.Run(ctx)
	if r.err != nil {
		return r.err
	}
	return interrupted(err, end, loop.DT)
}

// Header writes the names of the columns.
func (r *Rows) Header(text string) {
	r.buf = append(r.buf[:0], text...)
	r.end()
}

// Row writes a row of numbers.
func (r *Rows) Row(values ...float64) {
	r.buf = r.buf[:0]
	for _, v := range values {
		r.number(v)
	}
	r.buf = r.buf[1:] // the comma before the first
	r.end()
}

// stamp begins a row with a step and its time, the step's end in ms.
func (r *Rows) stamp(step int64) {
	r.buf = strconv.AppendInt(r.buf[:0], step, 10)
	r.number(stepTime(step, r.dt))
}

func (r *Rows) number(v float64) {
	r.buf = append(r.buf, ',')
	r.buf = strconv.AppendFloat(r.buf, v, 'g', -1, 64)
}

func (r *Rows) end() {
	if r.err != nil {
		return
	}
	r.buf = append(r.buf, '\n')
	if _, r.err = r.w.Write(r.buf); r.err != nil && r.stop != nil {
		r.stop()
	}
}

// stepTime returns the end of a step in ms, as the nearest float.
func stepTime(step int64, dt time.Duration) float64 {
	return float64(step*int64(dt)) / 1e6
}
