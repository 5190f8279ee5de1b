package terminal

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/hw/clock"
)

// punctual is a run on the virtual clock with the real time of a run on a laptop.
type punctual struct{ *session.Session }

func (p punctual) Status() session.Status {
	st := p.Session.Status()
	st.Grant = &clock.Grant{Got: []string{"SCHED_FIFO 80", "memory locked", "CPUs kept awake", "spin up to 4 us", "calm scheduler"}}
	st.Late = session.Percentiles{N: 3000, P50: 1.3, P99: 51, P999: 639, Max: 1970}
	return st
}

// The README shows the scope of 'hillock run' as it is. go test ./cmd/hillock/internal/terminal -run TestPicture -update writes
// deploy/terminal.svg.
func TestPictureInTheREADMEIsTheScope(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t, "loop.speed=0.1", "output.led.width=20 ms")
	b.Observe(sessiontest.At{2300: func() { b.Virtual.Knobs["knob"].SetCode(532) }})
	b.Run(t, 3010)
	s.run = punctual{b.Session}
	frameOf(s, 80, 24)
	got := drawTerminal(s.View().Content, 80, 24)
	file := filepath.Join("..", "..", "..", "..", "deploy", "terminal.svg")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got): run the test with -update\n%s", file, diff)
	}
}

// The size of a cell of the picture, and the margin around all cells.
const (
	cellWidth, cellHeight = 8.43, 17.0
	margin                = 16.0
)

// drawTerminal draws the rows of a terminal as SVG: text as text, and braille, boxes and blocks as shapes.
func drawTerminal(content string, columns, rows int) string {
	colors := map[string]string{"": "#d7dae0", "2": "#8a919c", "1": "#d7dae0", "91": "#ff5f5f", "93": "#ffd75f"}
	rgb := regexp.MustCompile(`^38;2;(\d+);(\d+);(\d+)$`)
	color := func(style string) string {
		if m := rgb.FindStringSubmatch(style); m != nil {
			var r, g, b int
			fmt.Sscan(strings.Join(m[1:], " "), &r, &g, &b)
			return fmt.Sprintf("#%02x%02x%02x", r, g, b)
		}
		return colors[style]
	}
	var texts strings.Builder
	shapes, order := map[string]*strings.Builder{}, []string(nil)
	shape := func(attributes string) *strings.Builder {
		if shapes[attributes] == nil {
			shapes[attributes] = new(strings.Builder)
			order = append(order, attributes)
		}
		return shapes[attributes]
	}
	for row, line := range strings.Split(content, "\n") {
		y := margin/2 + float64(row)*cellHeight
		column := 0
		style := ""
		for line != "" {
			if strings.HasPrefix(line, "\x1b[") {
				end := strings.IndexByte(line, 'm')
				if style, line = line[2:end], line[end+1:]; style == "0" {
					style = ""
				}
				continue
			}
			stretch, _, _ := strings.Cut(line, "\x1b")
			line = line[len(stretch):]
			for stretch != "" {
				word := regexp.MustCompile(`^(?:[^ \x{2500}-\x{259f}\x{2800}-\x{28ff}]+ ?)+`).FindString(stretch)
				x := margin + float64(column)*cellWidth
				if word = strings.TrimSuffix(word, " "); word != "" {
					n := len([]rune(word))
					weight := ""
					if style == "1" {
						weight = ` font-weight="bold"`
					}
					fmt.Fprintf(&texts, "<text x=\"%.1f\" y=\"%.0f\" fill=\"%s\"%s textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\">%s</text>\n",
						x, y+13, color(style), weight, float64(n)*cellWidth, html.EscapeString(word))
					stretch, column = stretch[len(word):], column+n
					continue
				}
				r := []rune(stretch)[0]
				stretch, column = stretch[len(string(r)):], column+1
				drawCell(shape, r, x, y, color(style))
			}
		}
	}
	var b strings.Builder
	width, height := 2*margin+float64(columns)*cellWidth, margin+float64(rows)*cellHeight
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14\" role=\"img\">\n",
		width, height, width, height)
	b.WriteString("<title>hillock run on a terminal</title>\n<desc>An oscilloscope: the membrane potential with its spikes, threshold and rest; below it the current, " +
		"then LED, firing rate with its prediction, knob and lateness.</desc>\n")
	fmt.Fprintf(&b, "<rect width=\"%.0f\" height=\"%.0f\" rx=\"8\" fill=\"#16181d\"/>\n%s", width, height, texts.String())
	for _, attributes := range order {
		fmt.Fprintf(&b, "<path %s d=\"%s\"/>\n", attributes, shapes[attributes])
	}
	return b.String() + "</svg>\n"
}

// drawCell adds a character of braille, boxes or blocks to the shapes of a colour.
func drawCell(shape func(attributes string) *strings.Builder, r rune, x, y float64, color string) {
	fill, stroke := `fill="`+color+`"`, `fill="none" stroke="`+color+`"`
	middle, centre := y+cellHeight/2, x+cellWidth/2
	switch {
	case r > 0x2800 && r <= 0x28ff:
		for bit, at := range [...][2]float64{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}} {
			if r>>bit&1 != 0 {
				fmt.Fprintf(shape(fill), "M%.1f %.1fh2.6v2.6h-2.6z", x+0.8+at[0]*cellWidth/2, y+0.8+at[1]*cellHeight/4)
			}
		}
	case r == '│' || r == '┤':
		fmt.Fprintf(shape(stroke), "M%.1f %.1fv%.0f", centre, y, cellHeight)
		if r == '┤' {
			fmt.Fprintf(shape(stroke), "M%.1f %.1fh%.1f", x, middle, cellWidth/2)
		}
	case r == '└':
		fmt.Fprintf(shape(stroke), "M%.1f %.1fV%.1fH%.1f", centre, y, middle, x+cellWidth)
	case r == '─' || r == '┴':
		fmt.Fprintf(shape(stroke), "M%.1f %.1fh%.1f", x, middle, cellWidth)
		if r == '┴' {
			fmt.Fprintf(shape(stroke), "M%.1f %.1fV%.1f", centre, y, middle)
		}
	case r == '╌':
		fmt.Fprintf(shape(stroke), "M%.1f %.1fh2.4m1.8 0h2.4", x+0.9, middle)
	case r == '█':
		fmt.Fprintf(shape(fill), "M%.1f %.1fh%.2fv13h-%.2fz", x, y+1, cellWidth, cellWidth)
	case r == '░':
		fmt.Fprintf(shape(fill+` fill-opacity="0.3"`), "M%.1f %.1fh%.2fv13h-%.2fz", x, y+1, cellWidth, cellWidth)
	}
}
