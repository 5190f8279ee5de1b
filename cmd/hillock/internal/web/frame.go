package web

import (
	"encoding/binary"
	"math"

	"hillock/cmd/hillock/internal/trace"
)

const (
	frameVersion = 1
	maxFrame     = 64 << 10 // bytes, unless a single column is larger
	maxPrinted   = 1 << 20  // bytes encoded for all clients in each frameTime, plus the frame beyond it
	maxCells     = 255      // the count is one byte: further neurons are not shown
	missedAt     = 20       // offset of the missed steps, bytes
	headBytes    = 32       // per frame
	columnBytes  = 20       // per cell
	spikeBytes   = 8
)

// part is a part of a run between two reloads of its configuration. It has its own record, with steps from 1.
type part struct {
	record *trace.Record
	number uint32
}

// cut is the content of a frame: the complete columns of a part between two steps, and the outputs.
type cut struct {
	part
	from int64  // the first step
	per  int64  // steps per column
	end  int64  // the step after the last one; 0: the present
	on   uint32 // outputs, a bit each
}

// frame is an encoded cut.
type frame struct {
	bytes   []byte
	columns int
	next    int64 // the step after its last one
	rest    bool  // more columns are complete
	missed  int64 // steps of the record
}

// press encodes the frames and rates of one moment. Clients with the same request share the result.
type press struct {
	made    map[cut]frame
	rated   map[rated]ratesText
	printed int // bytes
	columns []trace.Bucket
}

// frame returns the frame of a cut. With ended set, the last column of the record counts as complete.
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
	b = le.AppendUint32(b, 0) // missed steps: missing fills them in for each client
	b = le.AppendUint32(b, c.on)
	b = le.AppendUint32(b, c.number)
	for k := range n {
		for i := range cells {
			d := p.columns[i*n+k]
			values := [...]float32{d.VMin, d.VMax, d.VLast, d.IMin, d.IMax}
			if d.Steps == 0 { // missed
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

// fitting returns how many columns fit into a frame of maxFrame bytes together with their spikes. A single column always fits.
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

// missing returns the frame's bytes with a client's number of missed steps.
func (f frame) missing(steps int64) []byte {
	if steps == 0 {
		return f.bytes
	}
	b := append([]byte(nil), f.bytes...)
	binary.LittleEndian.PutUint32(b[missedAt:], uint32(min(steps, math.MaxUint32)))
	return b
}
