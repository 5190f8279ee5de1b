package wall

import (
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// frameVersion is the first byte of a frame.
const frameVersion = 1

// film is the picture's own clock and its latest frames. The clock stands still while the picture is frozen, so that the picture
// goes on without a jump.
type film struct {
	frozen  bool
	since   time.Duration // of frozen, on the receiver's clock
	resumed time.Duration // the end of the latest freeze
	cut     time.Duration // length of a freeze before the next frame
	lost    time.Duration // sum of all freezes
	frames  [][]byte      // of the last span, oldest first
	times   []time.Duration
	made    int64 // frames so far
}

// now returns the time on the film.
func (f *film) now(now time.Duration) time.Duration {
	if f.frozen {
		now = f.since
	}
	return now - f.lost
}

// freeze stops the film or lets it go on.
func (f *film) freeze(frozen bool, now time.Duration) {
	if f.frozen == frozen {
		return
	}
	if f.frozen = frozen; frozen {
		f.since = now
		return
	}
	f.resumed, f.cut = now, f.cut+now-f.since
	f.lost += now - f.since
}

// shoot appends a frame with the news of a world. A frozen film drops them. It drops spikes of muted boards too.
//
// A frame in little endian: version u8; time on the film in ms f64; length of a freeze before it in s f32; number of gaps u16,
// each with board u16, and the ages of its begin and its end in ms u16; number of boards u16, each with board u16, number of spikes
// u16, and each spike with its line u8 and its age in ms u16. Ages are those at the time of the frame.
func (f *film) shoot(w *World, muted map[uint16]bool, now time.Duration) {
	spikes, gaps := w.spikes, w.gaps
	w.spikes, w.gaps = w.spikes[:0], w.gaps[:0]
	if f.frozen {
		return
	}
	b := binary.LittleEndian.AppendUint64([]byte{frameVersion}, math.Float64bits(ms(f.now(now))))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(f.cut.Seconds())))
	f.cut = 0
	old := func(at time.Duration) bool { return at < f.resumed || now-at > span }
	gaps = slices.DeleteFunc(gaps, func(g gap) bool { return muted[g.board] || old(g.to) })
	b = binary.LittleEndian.AppendUint16(b, uint16(len(gaps)))
	for _, g := range gaps {
		b = binary.LittleEndian.AppendUint16(b, g.board)
		b = binary.LittleEndian.AppendUint16(b, age(max(g.from, f.resumed), now))
		b = binary.LittleEndian.AppendUint16(b, age(g.to, now))
	}
	spikes = slices.DeleteFunc(spikes, func(s spike) bool { return muted[s.board] || old(s.at) })
	slices.SortStableFunc(spikes, func(a, b spike) int { return int(a.board) - int(b.board) })
	count := len(b)
	b = append(b, 0, 0)
	boards := uint16(0)
	for len(spikes) > 0 {
		n := slices.IndexFunc(spikes, func(s spike) bool { return s.board != spikes[0].board })
		if n < 0 {
			n = len(spikes)
		}
		n = min(n, math.MaxUint16)
		b = binary.LittleEndian.AppendUint16(b, spikes[0].board)
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
		for _, s := range spikes[:n] {
			b = binary.LittleEndian.AppendUint16(append(b, s.line), age(s.at, now))
		}
		spikes = spikes[n:]
		boards++
	}
	binary.LittleEndian.PutUint16(b[count:], boards)
	f.keep(b, f.now(now))
}

// keep appends a frame and drops frames before the span.
func (f *film) keep(frame []byte, at time.Duration) {
	n := 0
	for n < len(f.times) && at-f.times[n] > span {
		n++
	}
	f.frames, f.times = append(slices.Delete(f.frames, 0, n), frame), append(slices.Delete(f.times, 0, n), at)
	f.made++
}

// after returns the kept frames after the first n of all frames.
func (f *film) after(n int64) [][]byte {
	return f.frames[max(int64(len(f.frames))-(f.made-n), 0):]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// age returns the age of a time in ms. A future time has age 0.
func age(at, now time.Duration) uint16 {
	return uint16(min(max((now-at+time.Millisecond/2)/time.Millisecond, 0), math.MaxUint16))
}
