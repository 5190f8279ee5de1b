package web

import (
	"encoding/binary"
	"math"

	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

const (
	frameVersion = 1
	maxColumns   = 4096 // in a frame
	maxCells     = 255  // a byte counts them; those beyond are not shown
)

// columns makes frames of steps, so many steps to a column. Each spike is in a frame, each extreme in a column.
type columns struct {
	cells, shown int
	per          int64
	first        int64          // number of the column's first step with which the frame begins
	done         []trace.Bucket // complete columns, cell by cell
	open         []trace.Bucket // the column under way; empty where its first cell is
	spikes       [][]float64    // by cell: step numbers
	send         func(frame []byte) error
	err          error // of send: then nothing is sent any more
	on           uint32
	missed       int64
	frame        []byte
}

func newColumns(cells int, per int64, send func([]byte) error) *columns {
	shown := min(cells, maxCells)
	return &columns{cells: cells, shown: shown, per: per, send: send, open: make([]trace.Bucket, shown), spikes: make([][]float64, shown)}
}

// add takes a step of all cells, later than those before. What was missed between them leaves a gap between two frames.
func (c *columns) add(step int64, moments []neuron.Moment) {
	start := (step-1)/c.per*c.per + 1
	if c.open[0].Steps > 0 && c.open[0].First < start { // its end was missed
		c.close()
	}
	if n := int64(len(c.done) / c.shown); n > 0 && (start != c.first+n*c.per || n == maxColumns) {
		c.flush()
	}
	if len(c.done) == 0 && c.open[0].Steps == 0 {
		c.first = start
	}
	for i := range c.shown {
		c.open[i].Add(step, moments[i])
		if moments[i].Spiked {
			c.spikes[i] = append(c.spikes[i], float64(step))
		}
	}
	if step == start+c.per-1 {
		c.close()
	}
}

// close takes the column under way as it is.
func (c *columns) close() {
	c.done = append(c.done, c.open...)
	clear(c.open)
}

// change flushes all that there is, a column under way too, and goes on with so many steps to a column.
func (c *columns) change(per int64) {
	if c.open[0].Steps > 0 {
		c.close()
	}
	c.flush()
	c.per = per
}

// flush sends the complete columns, if there are any.
func (c *columns) flush() {
	if len(c.done) > 0 {
		c.write()
	}
}

// write sends the complete columns, also where there are none.
func (c *columns) write() {
	n := len(c.done) / c.shown
	le := binary.LittleEndian
	b := append(c.frame[:0], frameVersion, byte(c.shown))
	b = le.AppendUint16(b, uint16(n))
	b = le.AppendUint64(b, math.Float64bits(float64(c.first)))
	b = le.AppendUint64(b, math.Float64bits(float64(c.per)))
	b = le.AppendUint32(b, uint32(min(c.missed, math.MaxUint32)))
	b = le.AppendUint32(b, c.on)
	for _, d := range c.done {
		for _, v := range [...]float32{d.VMin, d.VMax, d.VLast, d.IMin, d.IMax} {
			b = le.AppendUint32(b, math.Float32bits(v))
		}
	}
	end := float64(c.first + int64(n)*c.per)
	for i, spikes := range c.spikes {
		in := 0
		for in < len(spikes) && spikes[in] < end {
			in++
		}
		b = le.AppendUint32(b, uint32(in))
		for _, s := range spikes[:in] {
			b = le.AppendUint64(b, math.Float64bits(s))
		}
		c.spikes[i] = append(spikes[:0], spikes[in:]...)
	}
	c.first += int64(n) * c.per
	c.done, c.frame = c.done[:0], b
	if c.err == nil {
		c.err = c.send(b)
	}
}
