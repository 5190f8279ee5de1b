package main

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"
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

	"hillock/cmd/hillock/internal/readable"
	"hillock/neuron"
)

// Colours that colour-blind eyes tell apart: Okabe and Ito, Color Universal Design, 2008.
var (
	okabeBlack  = color.NRGBA{A: 255}
	okabeBlue   = color.NRGBA{R: 0x00, G: 0x72, B: 0xB2, A: 255}
	okabeOrange = color.NRGBA{R: 0xE6, G: 0x9F, B: 0x00, A: 255}
	gridGrey    = color.NRGBA{R: 0xE4, G: 0xE4, B: 0xE4, A: 255}
	markGrey    = color.NRGBA{R: 0x60, G: 0x60, B: 0x60, A: 255}
)

// plot draws the curve as a picture: simulated points over both predictions.
func (c *fiCurve) plot(w io.Writer, format string) error { return picture(w, format, c.plotOn) }

// picture writes what drawOn draws, format ".svg" or ".png".
func picture(w io.Writer, format string, drawOn func(draw.Canvas) error) error {
	const width, height, dpi = 8 * vg.Inch, 5.5 * vg.Inch, 150
	if format == ".png" {
		img := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
		if err := drawOn(draw.New(img)); err != nil {
			return err
		}
		_, err := vgimg.PngCanvas{Canvas: img}.WriteTo(w)
		return err
	}
	img := vgsvg.New(width, height)
	if err := drawOn(draw.New(img)); err != nil {
		return err
	}
	var svg bytes.Buffer
	if _, err := img.WriteTo(&svg); err != nil {
		return err
	}
	// Where the font is missing, the next have the same widths; a viewer's own choice would not.
	_, err := w.Write(bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans;"),
		[]byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")))
	return err
}

func (c *fiCurve) plotOn(canvas draw.Canvas) error {
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	canvas = draw.Crop(canvas, 10, -18, 8, -10)

	p := plot.New()
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = gridGrey, gridGrey
	p.Add(grid)

	entries, err := c.entries()
	if err != nil {
		return err
	}
	for _, e := range entries {
		p.Add(e.Plotter)
	}
	// After Add, which widens the axes: for a rheobase outside they stay as they were asked for.
	style(&p.X, "input current (nA)", c.from(), c.to())
	style(&p.Y, "firing rate (Hz)", 0, c.top())
	under := c.plotHeader(canvas, entries)
	p.Draw(draw.Crop(canvas, 0, 0, 0, under))
	return nil
}

// entry is one of the things in the picture, with its line in the legend.
type entry struct {
	plot.Plotter
	plot.Thumbnailer
	label string
}

// entries are the things in the picture, in the order in which they are drawn.
func (c *fiCurve) entries() ([]entry, error) {
	line := func(xys plotter.XYs, clr color.Color, width vg.Length, dashes ...vg.Length) (*plotter.Line, error) {
		l, err := plotter.NewLine(xys)
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		l.LineStyle = draw.LineStyle{Color: clr, Width: width, Dashes: dashes}
		return l, nil
	}
	points, err := plotter.NewScatter(c.dots())
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	points.GlyphStyle = draw.GlyphStyle{Color: okabeBlack, Radius: c.dotRadius(), Shape: draw.CircleGlyph{}}
	simulated := entry{points, points, "simulated"}
	theory := c.theory()
	if theory == nil {
		return []entry{simulated}, nil
	}
	rheobase, err := line(plotter.XYs{{X: theory.Rheobase(), Y: 0}, {X: theory.Rheobase(), Y: c.top()}}, markGrey, 1, 4, 3)
	if err != nil {
		return nil, err
	}
	equation := c.exact(theory)
	if len(equation) == 0 {
		equation = plotter.XYs{{X: c.from(), Y: 2 * c.top()}} // clipped away
	}
	exact, err := line(equation, okabeBlue, 1)
	if err != nil {
		return nil, err
	}
	discrete, err := line(discreteLine(theory, c.from(), c.to()), okabeOrange, 2.2)
	if err != nil {
		return nil, err
	}
	discrete.StepStyle = plotter.PostStep
	return []entry{
		{rheobase, rheobase, c.rheobaseLabel(theory)},
		{discrete, discrete, fmt.Sprintf("steps of %g ms", readable.Milliseconds(c.dt))},
		{exact, exact, c.exactLabel(theory)},
		simulated,
	}, nil
}

// rheobaseLabel says the rheobase, and when it is not in the picture.
func (c *fiCurve) rheobaseLabel(theory neuron.Theory) string {
	r := theory.Rheobase()
	s := fmt.Sprintf("rheobase %s nA", readable.Digits(r, 4))
	if r < c.from() || r > c.to() {
		s += " (outside)"
	}
	return s
}

// exact is the exact line under the top, empty when all of it is above.
func (c *fiCurve) exact(theory neuron.Theory) plotter.XYs {
	return exactLine(theory, c.from(), c.to(), c.top())
}

// exactLabel names the exact line, and says when it is not in the picture.
func (c *fiCurve) exactLabel(theory neuron.Theory) string {
	if len(c.exact(theory)) == 0 {
		return "continuous equation (above)"
	}
	return "continuous equation"
}

// plotHeader writes title, parameters and legend above the plot, where no curve can come under them. It returns how much
// to crop of the canvas.
func (c *fiCurve) plotHeader(canvas draw.Canvas, entries []entry) (crop vg.Length) {
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
	canvas.FillText(title, vg.Point{X: canvas.Min.X, Y: line(title, 3)}, c.neuron.Name+": firing rate against input current")
	if room := 0.87 * (canvas.Max.X - canvas.Min.X); small.Width(c.parameters()) > room { // the rest for a font that is wider
		small.Font.Size *= room / small.Width(c.parameters())
	}
	canvas.FillText(small, vg.Point{X: canvas.Min.X, Y: line(small, 9)}, c.parameters())

	const sample, gap, between = 22, 5, 22 // room for a font that is wider
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

// parameters is the neuron and the sweep in a line, with the symbols of the equation.
func (c *fiCurve) parameters() string {
	var all []string
	for _, d := range c.neuron.Model().Params {
		if d.Role != neuron.Noise && d.Role != neuron.Seed { // which have no part in the curves
			all = append(all, d.Symbol+" "+d.Text(d.Of(c.neuron.Params)))
		}
	}
	return strings.Join(all, ", ") + "; " + readable.Seconds(c.seconds()) + " a point"
}

func textStyle(size vg.Length) text.Style {
	return text.Style{Color: okabeBlack, Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}, Handler: plot.DefaultTextHandler}
}

// style gives an axis its label, range and sizes.
func style(a *plot.Axis, label string, low, high float64) {
	a.Min, a.Max = low, high
	a.Tick.Marker = ticks(5)
	a.Label.Text = label
	a.Label.Padding = 4
	for _, s := range []*text.Style{&a.Label.TextStyle, &a.Tick.Label} {
		s.Font.Variant = "Sans"
		s.Font.Size = 11
	}
	a.Label.TextStyle.Font.Size = 12
}

// ticks marks an axis at round numbers, 1, 2 or 5 times a power of ten apart, and at no fewer than this many.
type ticks int

// Ticks are the ticks from low to high; where labels are long, some ticks have none.
func (n ticks) Ticks(low, high float64) []plot.Tick {
	power := math.Floor(math.Log10((high - low) / float64(n)))
	if !(math.Pow(10, power) > 0) {
		return nil // of a range so narrow there is nothing to say
	}
	var step, first, last float64
	for _, m := range []float64{5, 2, 1} {
		const slack = 1e-9 // of a step, so that rounding drops no tick at an end
		step = float64(m * math.Pow(10, power))
		first, last = math.Ceil(low/step-slack), math.Floor(high/step+slack)
		if last-first >= float64(n-1) {
			break
		}
	}
	format, digits := byte('f'), int(max(0, -power))
	if digits > 9 {
		format, digits = 'g', 6
	}
	var all []plot.Tick
	widest := 0
	for k := range int(last-first) + 1 {
		v := min(max(float64((first+float64(k))*step), low), high) + 0 // and no -0
		all = append(all, plot.Tick{Value: v, Label: strconv.FormatFloat(v, format, digits, 64)})
		widest = max(widest, len(all[k].Label))
	}
	const room = 70 // characters along an axis
	every := 1 + len(all)*(widest+1)/room
	for k := range all {
		if k%every != 0 {
			all[k].Label = ""
		}
	}
	return all
}

func (c *fiCurve) from() float64 { return c.currents[0] }
func (c *fiCurve) to() float64   { return c.currents[len(c.currents)-1] }

// top is the rate at the upper end of the axis, Hz. The simulated points fit under it, and the exact curve where it does
// not leave them far below, as it does when spikes come at nearly every step.
func (c *fiCurve) top() float64 {
	top, theory := 0.0, c.theory()
	if theory != nil {
		top = theory.DiscreteRate(c.to())
	}
	for i := range c.currents {
		top = max(top, c.rate(i))
	}
	if theory != nil {
		if exact := theory.ExactRate(c.to()); exact < 1.5*top {
			top = max(top, exact)
		}
	}
	if top == 0 {
		return 1
	}
	return 1.04 * top
}

// dotRadius is smaller where points are many.
func (c *fiCurve) dotRadius() vg.Length {
	return vg.Length(min(2, max(0.8, 150/float64(len(c.currents)))))
}

// dots are the simulated points without those that would lie within half a point of the one before: a picture of
// 100,000 points need not have 100,000 circles.
func (c *fiCurve) dots() plotter.XYs {
	const wide, high = 0.5 / 530, 0.5 / 290 // of the plotted rectangle
	width, height := c.to()-c.from(), c.top()
	var dots plotter.XYs
	for i, x := range c.currents {
		y := c.rate(i)
		if n := len(dots); n > 0 && math.Abs(x-dots[n-1].X) < wide*width && math.Abs(y-dots[n-1].Y) < high*height {
			continue
		}
		dots = append(dots, plotter.XY{X: x, Y: y})
	}
	return dots
}

// exactLine is the rate of the continuous equation from one current (nA) to another, up to a rate (Hz). At the rheobase
// its tangent is vertical, so that it is sampled along both axes: at equal distances of current, and of rate.
func exactLine(p neuron.Theory, from, to, top float64) plotter.XYs {
	const n = 400
	var line plotter.XYs
	add := func(x, y float64) {
		if x >= from && x <= to && y <= top {
			line = append(line, plotter.XY{X: x, Y: y})
		}
	}
	add(from, p.ExactRate(from))
	low := max(from, min(p.Rheobase(), to))
	for _, x := range spaced(low, to, n) {
		add(x, p.ExactRate(x))
	}
	if lowest, highest := p.ExactRate(low), min(p.ExactRate(to), top); lowest < highest {
		for _, y := range spaced(lowest, highest, n) {
			add(p.ExactCurrent(y), y)
		}
	}
	slices.SortFunc(line, func(a, b plotter.XY) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	return line
}

// spaced is n numbers at equal distances, both ends included.
func spaced(from, to float64, n int) []float64 {
	all := make([]float64, n)
	for k := range all {
		all[k] = from + float64((to-from)*float64(k))/float64(n-1)
	}
	all[n-1] = to
	return all
}

// discreteLine is where the rate of the discrete neuron changes, from one current (nA) to another: the corners of a
// staircase, as near as the eye can see.
func discreteLine(p neuron.Theory, from, to float64) plotter.XYs {
	var line plotter.XYs
	for _, x := range spaced(from, to, 4001) {
		if y := p.DiscreteRate(x); len(line) == 0 || y != line[len(line)-1].Y {
			line = append(line, plotter.XY{X: x, Y: y})
		}
	}
	return append(line, plotter.XY{X: to, Y: p.DiscreteRate(to)})
}
