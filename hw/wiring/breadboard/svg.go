package breadboard

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hillock/hw/wiring/letters"
)

// Style returns the rules that make the drawing's colours CSS variables: "--bb-paper" and so on. A file holds them; a page adds them to its
// own style sheet.
func Style() string {
	var b strings.Builder
	for _, t := range append(tones(), rgb("wire-black", 0)) {
		fmt.Fprintf(&b, ".bb-%[1]s{fill:var(--bb-%[1]s,%[2]s)}.bb-%[1]s-line{stroke:var(--bb-%[1]s,%[2]s)}\n", t.name, t.hex())
	}
	return b.String()
}

func (t tone) hex() string { return fmt.Sprintf("#%02x%02x%02x", t.R, t.G, t.B) }

// writeSVG writes the drawing. A page has its own style sheet and size: the drawing for it has neither.
func (s *scene) writeSVG(to io.Writer, forPage bool) error {
	w := bufio.NewWriter(to)
	if forPage {
		fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" role="img">`, number(s.wide), number(s.high))
	} else {
		fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]smm" height="%[2]smm" viewBox="0 0 %[1]s %[2]s">`,
			number(s.wide), number(s.high))
	}
	fmt.Fprintf(w, "\n<title>%s</title>\n<desc>%s</desc>\n", escaped(s.title), escaped(s.description))
	if !forPage {
		fmt.Fprintf(w, "<style>\n%s</style>\n", Style())
	}
	fonts := letters.New()
	for _, e := range s.elements {
		e.writeSVG(w, fonts)
	}
	fmt.Fprintln(w, "</svg>")
	return w.Flush()
}

func (e *element) writeSVG(w *bufio.Writer, fonts letters.Set) {
	name, shape := "g", ""
	switch e.form {
	case circle:
		name, shape = "circle", fmt.Sprintf(` cx="%s" cy="%s" r="%s"`, number(e.at.x), number(e.at.y), number(e.r))
	case rectangle:
		name, shape = "rect", fmt.Sprintf(` x="%s" y="%s" width="%s" height="%s"`, number(e.at.x), number(e.at.y), number(e.w), number(e.h))
		if e.r > 0 {
			shape += fmt.Sprintf(` rx="%s"`, number(e.r))
		}
	case curve:
		name, shape = "path", ` d="`+pathData(e.steps)+`"`
	case words:
		name, shape = "text", e.textShape(fonts)
	}
	fmt.Fprintf(w, "<%s%s%s%s>", name, e.attributes(), shape, e.paint())
	if e.title != "" {
		fmt.Fprintf(w, "<title>%s</title>", escaped(e.title))
	}
	w.WriteString(escaped(e.text))
	if e.form == group {
		w.WriteString("\n")
	}
	for _, kid := range e.kids {
		kid.writeSVG(w, fonts)
	}
	fmt.Fprintf(w, "</%s>\n", name)
}

func (e *element) attributes() string {
	var b strings.Builder
	for i := 0; i < len(e.data); i += 2 {
		fmt.Fprintf(&b, ` data-%s="%s"`, e.data[i], escaped(e.data[i+1]))
	}
	return b.String()
}

// paint returns the colours: as attributes, and as classes for the rules of Style.
func (e *element) paint() string {
	if e.form == group {
		return ""
	}
	var classes []string
	fill, stroke := "none", ""
	if !e.fill.none() {
		fill = e.fill.hex()
		if e.fill.name != "" {
			classes = append(classes, "bb-"+e.fill.name)
		}
	}
	if !e.stroke.none() {
		stroke = fmt.Sprintf(` stroke="%s" stroke-width="%s"`, e.stroke.hex(), number(e.width))
		if e.form == curve {
			stroke += ` stroke-linecap="round" stroke-linejoin="round"`
		}
		if e.stroke.name != "" {
			classes = append(classes, "bb-"+e.stroke.name+"-line")
		}
	}
	class := ""
	if classes != nil {
		class = ` class="` + strings.Join(classes, " ") + `"`
	}
	return class + ` fill="` + fill + `"` + stroke
}

// textShape returns the place of a text. It keeps its width in any font.
func (e *element) textShape(fonts letters.Set) string {
	wide, _ := fonts.Measure(e.size, e.bold, e.text)
	shape := fmt.Sprintf(` x="%s" y="%s" font-family="%s" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"`,
		number(e.at.x), number(e.at.y), letters.Family, number(e.size*mmPerPoint), number(wide))
	switch e.anchor {
	case 0.5:
		shape += ` text-anchor="middle"`
	case 1:
		shape += ` text-anchor="end"`
	}
	if e.bold {
		shape += ` font-weight="bold"`
	}
	if e.turned {
		shape += fmt.Sprintf(` transform="rotate(-90 %s %s)"`, number(e.at.x), number(e.at.y))
	}
	return shape
}

const mmPerPoint = 25.4 / 72

func pathData(steps []step) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteByte(s.op)
		for i, p := range s.points {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(number(p.x) + " " + number(p.y))
		}
	}
	return b.String()
}

// number returns a length in mm with two decimals at most.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // no error: into a Builder
	return b.String()
}
