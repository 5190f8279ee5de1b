package tty

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

const dt = 100 * time.Microsecond

// ran runs a neuron under a current for a number of steps, and returns its history and its spikes.
func ran(t *testing.T, current float64, steps int64) (h *trace.History, spikes []int64) {
	t.Helper()
	n, err := neuron.New(neuron.Default())
	if err != nil {
		t.Fatal(err)
	}
	h = trace.NewHistory()
	for step := int64(1); step <= steps; step++ {
		spiked := n.Step(n.Drive(current))
		h.Add(step, neuron.Moment{V: n.V(), Current: float32(current), Spiked: spiked})
		if spiked {
			spikes = append(spikes, step)
		}
	}
	return h, spikes
}

func stripped(lines []string) []string {
	for i, l := range lines {
		lines[i] = ansi.Strip(l)
	}
	return lines
}

// strokes returns the columns of dots in a row, from left to right.
func strokes(row string) (at []int) {
	for column, r := range []rune(row)[Gutter:] {
		if r&0x47 != 0 && r >= 0x2800 {
			at = append(at, 2*column)
		}
		if r&0xb8 != 0 && r >= 0x2800 {
			at = append(at, 2*column+1)
		}
	}
	return at
}

// Each spike has its stroke in the column of its step, unless two spikes share a column.
func TestEachSpikeHasItsStroke(t *testing.T) {
	h, spikes := ran(t, 2, 20_000)
	for _, width := range []int{40, 80, 133, 200} {
		for _, steps := range []int64{50, 200, 1000, 2000, 3333, 5000} {
			w := Window{From: 20_001 - steps, Steps: steps, Now: 20_000, DT: dt}
			s := Scope{Params: neuron.Default(), History: h, Window: w, High: 5}
			drawn := strokes(stripped(s.Membrane(width, 12))[0])
			dots := 2 * (width - Gutter)
			if steps/int64(dots) > 60 {
				continue
			}
			k := 0
			for _, spike := range spikes {
				if spike < w.From {
					continue
				}
				x := w.column(spike, dots)
				if k == 0 && len(drawn) > 0 && drawn[0] < x-1 {
					drawn = drawn[1:] // of the piece at the beginning of the window
				}
				if k >= len(drawn) || drawn[k] < x-1 || drawn[k] > x+1 {
					t.Errorf("width %d, %d steps: got strokes at %v, want one at %d of %d dots", width, steps, drawn, x, dots)
					break
				}
				k++
			}
			if k < len(drawn) {
				t.Errorf("width %d, %d steps: got %d strokes, want %d", width, steps, len(drawn), k)
			}
		}
	}
}

func TestMissedStepsAreAGap(t *testing.T) {
	h := trace.NewHistory()
	for step := int64(1); step <= 1000; step++ {
		if step <= 300 || step > 700 {
			h.Add(step, neuron.Moment{V: -60, Current: 1})
		}
	}
	s := Scope{Params: neuron.Default(), History: h, Window: Window{From: 1, Steps: 1000, Now: 1000, DT: dt}, High: 5}
	for _, row := range stripped(s.Membrane(Gutter+100, 8)) {
		for column, r := range []rune(row)[Gutter:] {
			if r > 0x2800 && r < 0x2900 && column > 31 && column < 69 {
				t.Fatalf("got a dot in column %d of the gap:\n%s", column, row)
			}
		}
	}
}

func TestAxisLabelsDoNotCollide(t *testing.T) {
	w := Window{From: 10_001, Steps: 2000, Now: 12_500, DT: dt}
	for width, want := range map[int]string{
		54: "          └-250 ms ┴───┴ 200 ms, paused ┴───┴── -50 ms",
		40: "          └┴ 200 ms, paused ──┴── -50 ms",
		30: "          └┴ 200 ms, paused ─┴",
		27: "          └ 200 ms, paused ",
		12: "          └┴",
	} {
		if got := ansi.Strip(w.Axis(width, "200 ms, paused")); got != want {
			t.Errorf("width %d: got\n%s\nwant\n%s", width, got, want)
		}
	}
}

// A raster has the same spikes.
func TestRaster(t *testing.T) {
	h, spikes := ran(t, 2, 2000)
	w := Window{From: 1, Steps: 2000, Now: 2000, DT: dt}
	var rows []Row
	for i := range 10 {
		rows = append(rows, Row{Name: fmt.Sprint("n", i), History: h})
	}
	lines := stripped(Raster(w, rows, 80, 10))
	for i, l := range lines {
		if n := len(strokes(l)); n != len(spikes) || !strings.HasPrefix(strings.TrimSpace(l), fmt.Sprint("n", i, " ┤")) {
			t.Errorf("row %d: got %d strokes, want %d and its name:\n%s", i, n, len(spikes), l)
		}
	}
	if len(lines) != 10 {
		t.Errorf("got %d rows, want 10", len(lines))
	}
}

func TestIntervalsAreDrawn(t *testing.T) {
	none := stripped(Intervals{DT: dt}.Draw(60, 8))
	if len(none) != 8 || !strings.Contains(none[3], "no interval yet: two spikes make one") {
		t.Errorf("got\n%s\nwant a word on it", strings.Join(none, "\n"))
	}
	some := stripped(Intervals{Intervals: trace.Intervals{Steps: []int64{100, 100, 100, 300}, Mean: 150, CV: 0.577}, DT: dt}.Draw(80, 8))
	want := "           mean ISI 15 ms, CV 0.577, the last 4: from 10 ms to 30 ms"
	if diff := cmp.Diff(want, some[7]); diff != "" {
		t.Errorf("the last line (-want +got):\n%s", diff)
	}
	if full, third := strings.Count(some[0], "█"), strings.Count(some[5], "█"); full == 0 || third != 2*full {
		t.Errorf("got %d and %d full cells on top and at the bottom, want both bars at the bottom:\n%s", full, third, strings.Join(some, "\n"))
	}
}

func TestLabelsStayInTheGutter(t *testing.T) {
	got := stripped(labelled(braille.New(2, 4), map[int]string{0: "V_T -55", 1: "fires 1.45", 2: "a neuron with a name"}))
	want := []string{"  V_T -55 ┤  ", "fires 1.45┤  ", "a neuron w┤  ", "          │  "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// unpredicted is a neuron without a closed form.
type unpredicted struct{ neuron.LIF }

func (unpredicted) Theory() (neuron.Theory, string) { return nil, "there is no closed form" }

// Without a theory the pictures show the measured points and the reason.
func TestPicturesWithoutATheoryShowTheReason(t *testing.T) {
	h, _ := ran(t, 2, 2000)
	p := unpredicted{neuron.Default()}
	rates := strings.Join(stripped(Rates{Params: p, Reason: "there is no closed form", Points: []trace.Point{{Current: 2, Rate: 72}}, High: 5}.Draw(80, 12)), "\n")
	if !strings.Contains(rates, "●") || !strings.Contains(rates, "no prediction: there is no closed form") || strings.Contains(rates, "discrete") {
		t.Errorf("got\n%s", rates)
	}
	s := Scope{Params: p, History: h, Window: Window{From: 1, Steps: 2000, Now: 2000, DT: dt}, High: 5}
	if current := strings.Join(stripped(s.Current(80, 4)), "\n"); strings.Contains(current, "fires") {
		t.Errorf("got\n%s\nwant no current above which it fires", current)
	}
}

func TestNarrowPicturesHaveWholeLegends(t *testing.T) {
	rates := stripped(Rates{Params: neuron.Default(), Theory: neuron.Default(), High: 5}.Draw(40, 8))
	if got, want := rates[7], "           ● measured  ┆ now"; got != want {
		t.Errorf("got the legend %q, want %q", got, want)
	}
	none := strings.Join(strings.Fields(strings.Join(stripped(Intervals{DT: dt}.Draw(40, 8)), " ")), " ")
	if want := "no interval yet: two spikes │ make one"; !strings.Contains(none, want) {
		t.Errorf("got %q, want %q", none, want)
	}
	some := stripped(Intervals{trace.Intervals{Steps: []int64{100, 100, 300}, Mean: 167, CV: 0.6}, dt}.Draw(40, 8))
	if got, want := some[7], "           mean ISI 16.7 ms, CV 0.600"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
