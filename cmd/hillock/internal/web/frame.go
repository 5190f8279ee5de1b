package web

import (
	"encoding/binary"
	"math"

	"hillock/cmd/hillock/internal/trace"
)

const (
	frameVersion = 2
	maxFrame     = 64 << 10 // bytes, unless a single column is larger
	maxPrinted   = 1 << 20  // bytes encoded for all clients in each frameTime, plus the frame beyond it
	maxCells     = 255      // the count is one byte: further neurons are not shown
	missedAt     = 20       // offset of the missed steps, bytes
	headBytes    = 33       // per frame
	columnBytes  = 20       // per cell: V and the current from outside
	innerBytes   = 16       // per cell with inner currents: the synaptic current and w
	spikeBytes   = 8
)

// flags of a cell in a frame
const (
	hasInner  = 1 << iota // its columns have the inner currents
	hasRaster             // a raster follows the spikes
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
			f = p.print(c, ended, next, cells[:min(len(cells), maxCells)], c.record.Sources())
			f.missed = missed
		})
		p.made[c] = f
		p.printed += len(f.bytes)
	}
	return f
}

// print encodes a cut: a head, the flags of the cells, the columns, the spikes of the first neuron of each cell and of each source,
// and the rasters of the populations.
func (p *press) print(c cut, ended bool, next int64, cells []trace.Cell, sources []trace.Train) frame {
	end := next
	if c.end > 0 {
		end = min(end, c.end)
	}
	whole := max(end-c.from, 0) / c.per
	if ended && c.from+whole*c.per < end {
		whole++
	}
	n := fitting(c, whole, cells, sources)
	if len(p.columns) < n*len(cells) {
		p.columns = make([]trace.Bucket, n*len(cells))
	}
	for i, cell := range cells {
		cell.History.Columns(c.from, c.per, p.columns[i*n:(i+1)*n])
	}
	le := binary.LittleEndian
	b := make([]byte, 0, sizeOf(n, cells)+64*len(cells))
	b = append(b, frameVersion, byte(len(cells)))
	b = le.AppendUint16(b, uint16(n))
	b = le.AppendUint64(b, math.Float64bits(float64(c.from)))
	b = le.AppendUint64(b, math.Float64bits(float64(c.per)))
	b = le.AppendUint32(b, 0) // missed steps: missing fills them in for each client
	b = le.AppendUint32(b, c.on)
	b = le.AppendUint32(b, c.number)
	b = append(b, byte(len(sources)))
	for _, cell := range cells {
		b = append(b, flags(cell))
	}
	for k := range n {
		for i, cell := range cells {
			d := p.columns[i*n+k]
			values := [...]float32{d.VMin, d.VMax, d.VLast, d.IMin, d.IMax, d.SMin, d.SMax, d.WMin, d.WMax}
			if d.Steps == 0 { // missed
				for v := range values {
					values[v] = float32(math.NaN())
				}
			}
			for _, v := range values[:bytesOf(cell)/4] {
				b = le.AppendUint32(b, math.Float32bits(v))
			}
		}
	}
	after := c.from + int64(n)*c.per
	for _, train := range trains(cells, sources) {
		spikes := train.Between(c.from, after)
		b = le.AppendUint32(b, uint32(len(spikes)))
		for _, s := range spikes {
			b = le.AppendUint64(b, math.Float64bits(float64(s)))
		}
	}
	for _, cell := range cells {
		if cell.Raster != nil {
			b = appendRaster(b, cell.Raster, c.from, after, rasterSpikes/populations(cells))
		}
	}
	return frame{bytes: b, columns: n, next: after, rest: whole > int64(n)}
}

func flags(c trace.Cell) (f byte) {
	if c.History.Inner() {
		f |= hasInner
	}
	if c.Raster != nil {
		f |= hasRaster
	}
	return f
}

// bytesOf returns the bytes of a cell in a column.
func bytesOf(c trace.Cell) int {
	if c.History.Inner() {
		return columnBytes + innerBytes
	}
	return columnBytes
}

// sizeOf returns the bytes of a frame with n columns, without spikes.
func sizeOf(n int, cells []trace.Cell) int {
	size := headBytes
	for _, c := range cells {
		size += 1 + n*bytesOf(c)
	}
	return size
}

// trains returns the spikes of the first neuron of each cell, and of the sources.
func trains(cells []trace.Cell, sources []trace.Train) (all []*trace.Train) {
	for i := range cells {
		all = append(all, &cells[i].Train)
	}
	for i := range sources {
		all = append(all, &sources[i])
	}
	return all
}

// fitting returns how many columns fit into a frame of maxFrame bytes together with their spikes. A single column always fits.
func fitting(c cut, whole int64, cells []trace.Cell, sources []trace.Train) int {
	room := maxFrame - rasterBytes(cells)
	n := min(whole, max(1, int64((room-sizeOf(0, cells))/max(1, sizeOf(1, cells)-sizeOf(0, cells)))))
	for ; n > 1; n /= 2 {
		size := sizeOf(int(n), cells)
		for _, train := range trains(cells, sources) {
			size += 4 + spikeBytes*len(train.Between(c.from, c.from+n*c.per))
		}
		if size <= room {
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
