package tty

import (
	"fmt"
	"math"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// Window is a stretch of Steps steps that begins with From. Now is the latest step of the run.
type Window struct {
	From, Steps int64
	Now         int64
	DT          time.Duration
	Still       bool // the trigger fixes its beginning
}

// buckets returns the steps of the window in pieces, at least two to a column. The first piece may begin before the window, by
// less than its width.
func (w Window) buckets(h *trace.History, columns int) []trace.Bucket {
	per := max(1, w.Steps/int64(2*columns))
	from := w.From
	if from > 0 && !w.Still {
		from = (from-1)/per*per + 1 // the same pieces in each frame, as they move
	}
	all := make([]trace.Bucket, (w.From+w.Steps-from+per-1)/per)
	h.Columns(from, per, all)
	return all
}

// column returns the column of a step. A step before the window is in the first column.
func (w Window) column(step int64, columns int) int {
	return int(max(step-w.From, 0) * int64(columns) / w.Steps)
}

// Axis returns the line under a picture: the two ends of the window, and words in the middle.
func (w Window) Axis(width int, words string) string {
	left, right := w.ago(w.From-1), w.ago(w.From+w.Steps-1)
	line := []rune(strings.Repeat("─", max(width-Gutter, 0)))
	for k := range 11 {
		if at := k * (len(line) - 1) / 10; at >= 0 && at < len(line) {
			line[at] = '┴'
		}
	}
	write := func(at int, text string) {
		if at >= 0 && at+lipgloss.Width(text) <= len(line) {
			copy(line[at:], []rune(text))
		}
	}
	middle := (len(line) - lipgloss.Width(words) - 2) / 2
	if middle <= max(lipgloss.Width(left), lipgloss.Width(right)) { // no room for all three
		left, middle = "", min(1, len(line)-lipgloss.Width(words)-2)
		if middle+lipgloss.Width(words)+4+lipgloss.Width(right) > len(line) {
			right = ""
		}
	}
	if left != "" {
		write(0, left+" ")
	}
	write(middle, " "+words+" ")
	if right != "" {
		write(len(line)-1-lipgloss.Width(right), " "+right)
	}
	return braille.Paint(strings.Repeat(" ", Gutter-1)+"└"+string(line), Level)
}

// ago returns the model time from a step to the latest one.
func (w Window) ago(step int64) string {
	if step >= w.Now {
		return "now"
	}
	return "-" + Duration(time.Duration(w.Now-step)*w.DT)
}

// Duration returns a model time as text, "13.9 ms".
func Duration(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.4g ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.4g s", d.Seconds())
}

// Scope is the membrane of a neuron over time, and its current.
type Scope struct {
	Params  neuron.Params
	History *trace.History
	Window  Window
	Low     float64 // the range of the current, nA
	High    float64
}

// Membrane draws V against the threshold and rest, with a stroke above the threshold for each spike.
func (s Scope) Membrane(width, height int) []string {
	c := braille.New(width-Gutter, height)
	buckets := s.Window.buckets(s.History, c.Width())
	y := s.volts(buckets, c)
	levels := s.Params.Levels()
	labels := map[int]string{}
	for _, l := range []neuron.Level{levels.Reset, levels.Rest, levels.Threshold} {
		row := y.at(l.V) / 4
		labels[row] = fmt.Sprintf("%s %.4g", l.Symbol, l.V)
		if l != levels.Reset {
			c.Rule(row)
		}
	}
	labels[0] = "mV"
	s.trace(c, buckets, y)
	return labelled(c, labels)
}

// volts returns the scale of V for a picture of these steps.
func (s Scope) volts(buckets []trace.Bucket, c *braille.Canvas) scale {
	levels := s.Params.Levels()
	low, threshold := levels.Lowest(), levels.Threshold.V
	for _, b := range buckets {
		if b.Steps > 0 {
			low = min(low, float64(b.VMin))
		}
	}
	return scale{low - (threshold-low)/10, threshold + (threshold-low)/3, c.Height()}
}

// trace draws V and the strokes of the spikes.
func (s Scope) trace(c *braille.Canvas, buckets []trace.Bucket, y scale) {
	threshold := s.Params.Levels().Threshold.V
	var last *trace.Bucket
	for i := range buckets {
		b := &buckets[i]
		if b.Steps == 0 {
			last = nil
			continue
		}
		x := s.Window.column(b.First, c.Width())
		top := float64(b.VMax)
		if b.Spikes > 0 { // V is the value after the reset: draw up to the threshold
			top = max(top, threshold)
			c.Line(x, 0, x, y.at(threshold)-1, Spike)
		}
		if last != nil {
			to := float64(b.VLast)
			if b.Spikes > 0 {
				to = threshold
			}
			c.Line(s.Window.column(last.First, c.Width()), y.at(float64(last.VLast)), x, y.at(to), Membrane)
		}
		c.Line(x, y.at(top), x, y.at(float64(b.VMin)), Membrane)
		last = b
	}
}

// Current draws I against the rheobase, and the synaptic and the adaptation current where they are not zero.
func (s Scope) Current(width, height int) []string {
	c := braille.New(width-Gutter, height)
	buckets := s.Window.buckets(s.History, c.Width())
	low, high := s.Low, s.High
	for _, b := range buckets {
		low, high = min(low, float64(min(b.SMin, b.WMin))), max(high, float64(max(b.SMax, b.WMax)))
	}
	y := scale{low, high, c.Height()}
	labels := map[int]string{}
	if r := s.rheobase(); r > low && r < high {
		for x := 0; x < c.Width(); x += 4 {
			c.Dot(x, y.at(r), Level)
		}
		labels[y.at(r)/4] = fmt.Sprintf("fires %.3g", r)
	}
	labels[c.Rows-1] = fmt.Sprintf("%.3g", low)
	labels[0] = fmt.Sprintf("nA %.3g", high)
	var last *trace.Bucket
	for i := range buckets {
		b := &buckets[i]
		if b.Steps == 0 {
			last = nil
			continue
		}
		x := s.Window.column(b.First, c.Width())
		if last != nil {
			x0 := s.Window.column(last.First, c.Width())
			c.Line(x0, y.at(float64(last.IMax)), x-1, y.at(float64(last.IMax)), Current) // held until then
		}
		c.Line(x, y.at(float64(b.IMax)), x, y.at(float64(b.IMin)), Current)
		last = b
	}
	s.inner(c, buckets, y)
	return labelled(c, labels)
}

// inner draws the synaptic and the adaptation current.
func (s Scope) inner(c *braille.Canvas, buckets []trace.Bucket, y scale) {
	for _, b := range buckets {
		x := s.Window.column(b.First, c.Width())
		if b.SMin != 0 || b.SMax != 0 {
			c.Line(x, y.at(float64(b.SMax)), x, y.at(float64(b.SMin)), Synaptic)
		}
		if b.WMin != 0 || b.WMax != 0 {
			c.Line(x, y.at(float64(b.WMax)), x, y.at(float64(b.WMin)), Adapts)
		}
	}
}

// rheobase returns the rheobase of the neuron, nA, or NaN without a theory.
func (s Scope) rheobase() float64 {
	theory, _ := s.Params.Theory()
	if theory == nil {
		return math.NaN()
	}
	return theory.Rheobase()
}
