package web

import (
	"encoding/binary"
	"math"

	"hillock/cmd/hillock/internal/trace"
)

const (
	frameVersion = 1
	maxFrame     = 64 << 10 // bytes, unless a single column has more
	maxPrinted   = 1 << 20  // bytes that are made for all clients each frameTime, and the frame that passes this
	maxCells     = 255      // a byte counts them; those beyond are not shown
	missedAt     = 20       // where a frame tells how many steps were missed
	headBytes    = 32       // of a frame
	columnBytes  = 20       // of a cell
	spikeBytes   = 8
)

// part is a part of a run: another begins where its configuration is read again, with another record and its steps from 1 on.
type part struct {
	record *trace.Record
	number uint32
}

// cut is what a frame tells of: the columns of a part from a step on, so many steps to each, that are complete before end,
// and the outputs that are on.
type cut struct {
	part
	from, per int64
	end       int64 // 0: what there is
	on        uint32
}

// frame is a cut in bytes.
type frame struct {
	bytes   []byte
	columns int
	next    int64 // the step after its last one
	rest    bool  // there is more
	missed  int64 // of the record
}

// press makes the frames and the messages with rates of a moment: each once, for however many it is.
type press struct {
	made    map[cut]frame
	rated   map[rated]ratesText
	printed int // bytes
	columns []trace.Bucket
}

// frame is that of a cut. Of a record that has ended the last column is in it as it is.
func (p *press) frame(c cut, ended bool) frame {
	f, ok := p.made[c]
	if !ok {
		c.record.Look(func(next, missed int64, cells []trace.Cell) {
			f = p.print(c, ended, next, cells)
			f.missed = missed
		})
		p.made[c] = f
		p.printed += len(f.bytes)
	}
	return f
}

func (p *press) print(c cut, ended bool, next int64, cells []trace.Cell) frame {
	end := next
	if c.end > 0 {
		end = min(end, c.end)
	}
	whole := max(end-c.from, 0) / c.per
	if ended && c.from+whole*c.per < end {
		whole++
	}
	cells = cells[:min(len(cells), maxCells)]
	n := fitting(c, whole, cells)
	if len(p.columns) < n*len(cells) {
		p.columns = make([]trace.Bucket, n*len(cells))
	}
	for i, cell := range cells {
		cell.History.Columns(c.from, c.per, p.columns[i*n:(i+1)*n])
	}
	le := binary.LittleEndian
	b := make([]byte, 0, headBytes+columnBytes*n*len(cells)+64*len(cells))
	b = append(b, frameVersion, byte(len(cells)))
	b = le.AppendUint16(b, uint16(n))
	b = le.AppendUint64(b, math.Float64bits(float64(c.from)))
	b = le.AppendUint64(b, math.Float64bits(float64(c.per)))
	b = le.AppendUint32(b, 0) // missed: each client's own
	b = le.AppendUint32(b, c.on)
	b = le.AppendUint32(b, c.number)
	for k := range n {
		for i := range cells {
			d := p.columns[i*n+k]
			values := [...]float32{d.VMin, d.VMax, d.VLast, d.IMin, d.IMax}
			if d.Steps == 0 { // they were missed
				nan := float32(math.NaN())
				values = [...]float32{nan, nan, nan, nan, nan}
			}
			for _, v := range values {
				b = le.AppendUint32(b, math.Float32bits(v))
			}
		}
	}
	after := c.from + int64(n)*c.per
	for i := range cells {
		spikes := cells[i].Train.Between(c.from, after)
		b = le.AppendUint32(b, uint32(len(spikes)))
		for _, s := range spikes {
			b = le.AppendUint64(b, math.Float64bits(float64(s)))
		}
	}
	return frame{bytes: b, columns: n, next: after, rest: whole > int64(n)}
}

// fitting is how many of a cut's columns go into a frame of maxFrame bytes with their spikes: one at least, where there is one.
func fitting(c cut, whole int64, cells []trace.Cell) int {
	n := min(whole, max(1, (maxFrame-headBytes)/int64(columnBytes*max(len(cells), 1))))
	for ; n > 1; n /= 2 {
		size := headBytes + columnBytes*int(n)*len(cells)
		for i := range cells {
			size += 4 + spikeBytes*len(cells[i].Train.Between(c.from, c.from+n*c.per))
		}
		if size <= maxFrame {
			break
		}
	}
	return int(n)
}

// missing is the frame for a client that so many steps were missed for.
func (f frame) missing(steps int64) []byte {
	if steps == 0 {
		return f.bytes
	}
	b := append([]byte(nil), f.bytes...)
	binary.LittleEndian.PutUint32(b[missedAt:], uint32(min(steps, math.MaxUint32)))
	return b
}
