package web

import (
	"encoding/binary"

	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// Limits of a raster, for slow clients.
const (
	rasterRows   = 200  // neurons of a population in its raster
	rasterSpikes = 2000 // spikes of all populations in a frame
)

// every returns the distance of the neurons of a population in its raster: each first of them, each second, and so on.
func every(members int) int { return (members + rasterRows - 1) / rasterRows }

// rowsOf returns the number of rows in the raster of a population: its neurons, or a part of them.
func rowsOf(members int) int { return (members + every(members) - 1) / every(members) }

func populations(cells []trace.Cell) (n int) {
	for _, c := range cells {
		if c.Raster != nil {
			n++
		}
	}
	return n
}

// rasterBytes returns the largest size of all rasters in a frame.
func rasterBytes(cells []trace.Cell) int {
	return 4*populations(cells) + 6*rasterSpikes*min(1, populations(cells))
}

// appendRaster appends the raster of some steps: the drawn spikes, each with its distance from the first step and its row. Of more spikes than the limit it draws each second, each third, and so on.
func appendRaster(b []byte, r *trace.Raster, from, end int64, most int) []byte {
	stride, n := int32(every(r.Members)), 0
	drawn := func(each func(neuron.MemberSpike)) {
		r.Between(from, end, func(s neuron.MemberSpike) {
			if s.Member%stride == 0 {
				each(s)
			}
		})
	}
	drawn(func(neuron.MemberSpike) { n++ })
	apart := max(1, (n+most-1)/most)
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32((n+apart-1)/apart))
	k := 0
	drawn(func(s neuron.MemberSpike) {
		if k%apart == 0 {
			b = le.AppendUint32(b, uint32(s.Step-from))
			b = le.AppendUint16(b, uint16(s.Member/stride))
		}
		k++
	})
	return b
}
