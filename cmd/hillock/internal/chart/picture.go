package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Colours for all eyes, colour-blind ones too: Okabe and Ito, Color Universal Design, 2008.
var (
	black    = color.NRGBA{A: 255}
	blue     = color.NRGBA{R: 0x00, G: 0x72, B: 0xB2, A: 255}
	orange   = color.NRGBA{R: 0xE6, G: 0x9F, B: 0x00, A: 255}
	gridGrey = color.NRGBA{R: 0xE4, G: 0xE4, B: 0xE4, A: 255}
	ruleGrey = color.NRGBA{R: 0x60, G: 0x60, B: 0x60, A: 255}
)

// Format returns the format of a file's extension, and whether Picture knows it.
func Format(file string) (format string, known bool) {
	format = strings.ToLower(filepath.Ext(file))
	return format, format == ".svg" || format == ".png"
}

// FileRule says what CheckFile accepts.
const FileRule = "must be a file's name that ends in .svg or .png"

// CheckFile returns an error for the name of another kind of file. "" is no file.
func CheckFile(name string) error {
	if _, known := Format(name); name != "" && !known {
		return fmt.Errorf("%s, got %q", FileRule, name)
	}
	return nil
}

// Picture draws the chart in a format, ".svg" or ".png".
func (c *Chart) Picture(w io.Writer, format string) error {
	var curves []string
	for _, s := range c.Series {
		curves = append(curves, s.Label)
	}
	words := fmt.Sprintf("%s over %s: %s. %s", c.Y.Label, c.X.Label, strings.Join(curves, ", "), c.Note)
	return picture(w, format, c.Title, words, c.drawOn)
}

// picture draws on a white canvas with margins. An SVG has a title and a description in words, and its texts as text.
func picture(w io.Writer, format, title, description string, drawOn func(draw.Canvas) error) error {
	const width, height, dpi = 8 * vg.Inch, 5.5 * vg.Inch, 150
	on := func(c draw.Canvas) error {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		return drawOn(draw.Crop(c, 10, -18, 8, -10))
	}
	if format == ".png" {
		img := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
		if err := on(draw.New(img)); err != nil {
			return err
		}
		_, err := vgimg.PngCanvas{Canvas: img}.WriteTo(w)
		return err
	}
	img := vgsvg.New(width, height)
	if err := on(draw.New(img)); err != nil {
		return err
	}
	var svg bytes.Buffer
	if _, err := img.WriteTo(&svg); err != nil {
		return err
	}
	// Arial and Helvetica have the same widths as Liberation Sans.
	text := bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	open := []byte(`xmlns:xlink="http://www.w3.org/1999/xlink">`) // ends vgsvg's tag
	words := fmt.Appendf(nil, "%s\n<title>%s</title>\n<desc>%s</desc>", open, escaped(title), escaped(description))
	_, err := w.Write(bytes.Replace(text, open, words, 1))
	return err
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // no error: into a Builder
	return b.String()
}

func (c *Chart) drawOn(canvas draw.Canvas) error {
	p := plot.New()
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = gridGrey, gridGrey
	p.Add(grid)

	var entries []entry
	for _, s := range c.Series {
		e, err := c.entry(s)
		if err != nil {
			return fmt.Errorf("plot: %w", err)
		}
		p.Add(e.Plotter)
		entries = append(entries, e)
	}
	// After Add, because Add widens the axes for points outside.
	style(&p.X, c.X)
	style(&p.Y, c.Y)
	under := c.header(canvas, entries)
	p.Draw(draw.Crop(canvas, 0, 0, 0, under))
	return nil
}

// entry is a series in a picture, with its line in the legend.
type entry struct {
	plot.Plotter
	plot.Thumbnailer
	label string
}

func (c *Chart) entry(s Series) (entry, error) {
	line := func(xys plotter.XYs, width vg.Length, clr color.Color) (*plotter.Line, error) {
		if len(xys) == 0 {
			xys = plotter.XYs{{X: c.X.Low, Y: 2 * c.Y.High}} // clipped away
		}
		l, err := plotter.NewLine(xys)
		if err == nil {
			l.LineStyle = draw.LineStyle{Color: clr, Width: width}
		}
		return l, err
	}
	if s.Style == Dots {
		dots, err := plotter.NewScatter(xys(c.apart(s.Points)))
		if err != nil {
			return entry{}, err
		}
		radius := vg.Length(min(2, max(0.8, 150/float64(len(s.Points))))) // smaller for many points
		dots.GlyphStyle = draw.GlyphStyle{Color: black, Radius: radius, Shape: draw.CircleGlyph{}}
		return entry{dots, dots, s.Label}, nil
	}
	var l *plotter.Line
	var err error
	switch s.Style {
	case Rule:
		var ends plotter.XYs
		for _, p := range s.Points {
			ends = append(ends, plotter.XY{X: p.X, Y: c.Y.Low}, plotter.XY{X: p.X, Y: c.Y.High})
		}
		if l, err = line(ends, 1, ruleGrey); err == nil {
			l.Dashes = []vg.Length{4, 3}
		}
	case Steps:
		if l, err = line(xys(s.Points), 2.2, orange); err == nil {
			l.StepStyle = plotter.PostStep
		}
	default:
		l, err = line(xys(s.Points), 1, blue)
	}
	return entry{l, l, s.Label}, err
}

func xys(points []Point) plotter.XYs {
	all := make(plotter.XYs, len(points))
	for i, p := range points {
		all[i] = plotter.XY(p)
	}
	return all
}

// apart leaves out points within half a point of the one before: 100,000 points need no 100,000 circles.
func (c *Chart) apart(points []Point) (all []Point) {
	const wide, high = 0.5 / 530, 0.5 / 290 // of the plotted rectangle
	width, height := c.X.High-c.X.Low, c.Y.High-c.Y.Low
	for _, p := range points {
		if n := len(all); n > 0 && math.Abs(p.X-all[n-1].X) < wide*width && math.Abs(p.Y-all[n-1].Y) < high*height {
			continue
		}
		all = append(all, p)
	}
	return all
}

// header writes title, note and legend above the plot, clear of all curves. It returns the height to crop from the canvas.
func (c *Chart) header(canvas draw.Canvas, entries []entry) (crop vg.Length) {
	title := textStyle(14)
	title.Font.Weight = xfont.WeightBold
	small, legend := textStyle(9.5), textStyle(10.5)

	at := canvas.Max.Y
	line := func(style text.Style, below vg.Length) (baseline vg.Length) {
		at -= style.FontExtents().Ascent
		baseline = at
		at -= style.FontExtents().Descent + below
		return baseline
	}
	canvas.FillText(title, vg.Point{X: canvas.Min.X, Y: line(title, 3)}, c.Title)
	if room := 0.87 * (canvas.Max.X - canvas.Min.X); small.Width(c.Note) > room { // the rest is for wider fonts
		small.Font.Size *= room / small.Width(c.Note)
	}
	canvas.FillText(small, vg.Point{X: canvas.Min.X, Y: line(small, 9)}, c.Note)

	const sample, gap, between = 22, 5, 22 // room for wider fonts
	x, y := canvas.Min.X, line(legend, 12)
	for _, e := range entries {
		box := canvas
		box.Rectangle = vg.Rectangle{Min: vg.Point{X: x, Y: y - 1}, Max: vg.Point{X: x + sample, Y: y + 8}}
		e.Thumbnail(&box)
		x += sample + gap
		canvas.FillText(legend, vg.Point{X: x, Y: y}, e.label)
		x += legend.Width(e.label) + between
	}
	return at - canvas.Max.Y
}

func textStyle(size vg.Length) text.Style {
	return text.Style{Color: black, Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}, Handler: plot.DefaultTextHandler}
}

// style gives an axis its label, range and sizes.
func style(a *plot.Axis, of Axis) {
	a.Min, a.Max = of.Low, of.High
	a.Tick.Marker = Ticks(5)
	a.Label.Text = of.Label
	a.Label.Padding = 4
	for _, s := range []*text.Style{&a.Label.TextStyle, &a.Tick.Label} {
		s.Font.Variant = "Sans"
		s.Font.Size = 11
	}
	a.Label.TextStyle.Font.Size = 12
}
