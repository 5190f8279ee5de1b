package chart

import (
	"bytes"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// line returns a chart of n points on a straight line.
func line(n int) *Chart {
	c := &Chart{Title: "a line", X: Axis{"x", 0, 5}, Y: Axis{"y", 0, 5}}
	s := Series{Style: Dots, Label: "points"}
	for k := range n {
		x := 5 * float64(k) / float64(n-1)
		s.Points = append(s.Points, Point{x, x})
	}
	c.Series = []Series{s}
	return c
}

func TestDotsAreAsManyAsTheEyeSees(t *testing.T) {
	few, many := line(101), line(20_000)
	if got := len(few.apart(few.Series[0].Points)); got != 101 {
		t.Errorf("got %d of 101 points, want all", got)
	}
	dots := many.apart(many.Series[0].Points)
	if len(dots) > 2000 || dots[0] != (Point{}) {
		t.Errorf("got %d of 20,000 points from %v, want at most 2000 from the first", len(dots), dots[0])
	}
}

func TestSizeOfAPNG(t *testing.T) {
	for name, draw := range map[string]func(*bytes.Buffer) error{
		"chart": func(b *bytes.Buffer) error { return line(11).Picture(b, ".png") },
		"bars": func(b *bytes.Buffer) error {
			return (&Bars{Title: "bars", Bars: []Bar{{"one", 1}, {"two", 2}}}).Picture(b, ".png")
		},
	} {
		var b bytes.Buffer
		if err := draw(&b); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if got := img.Bounds().Size(); got.X != 1200 || got.Y != 825 {
			t.Errorf("%s: got %v, want 1200 by 825", name, got)
		}
	}
}

func TestSVGHasWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		picture interface {
			Picture(io.Writer, string) error
		}
		title, description string
	}{
		{&Chart{Title: "f-I & more", Note: "tau_m = 10 ms", X: Axis{"current (nA)", 0, 5}, Y: Axis{"rate (Hz)", 0, 5}, Series: []Series{{Style: Line, Label: "discrete"}}},
			"f-I &amp; more", "rate (Hz) over current (nA): discrete. tau_m = 10 ms"},
		{&Bars{Title: "late ticks", XLabel: "lateness", YLabel: "ticks", Notes: []string{"n = 3"}, Bars: []Bar{{"one", 1}}}, "late ticks", "Bars of ticks over lateness. n = 3"},
	} {
		var b strings.Builder
		if err := tt.picture.Picture(&b, ".svg"); err != nil {
			t.Fatal(err)
		}
		if want := "<title>" + tt.title + "</title>\n<desc>" + tt.description + "</desc>"; !strings.Contains(b.String(), want) || !strings.Contains(b.String(), ">"+tt.title+"</text>") {
			t.Errorf("got\n%.600s\nwant %s, and the title as text", b.String(), want)
		}
	}
}

func TestNoColor(t *testing.T) {
	for value, want := range map[string]bool{"": true, "1": false} {
		t.Setenv("NO_COLOR", value)
		t.Setenv("CLICOLOR_FORCE", "1")
		t.Setenv("COLORTERM", "truecolor")
		file, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if err := line(11).Draw(file, 60, 17); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		plain := ansi.Strip(string(text))
		if got := string(text) != plain; got != want || !strings.HasPrefix(plain, "a line\ny\n") {
			t.Errorf("NO_COLOR=%s: got colour %v, want %v, in\n%q", value, got, want, text)
		}
	}
}
