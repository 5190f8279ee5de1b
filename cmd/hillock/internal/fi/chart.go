package fi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/readable"
	"hillock/neuron"
)

// Chart returns the curve as a chart: simulated points over both predictions.
func (c *Curve) Chart() *chart.Chart {
	points := make([]chart.Point, len(c.Currents))
	for i, x := range c.Currents {
		points[i] = chart.Point{X: x, Y: c.rate(i)}
	}
	all := &chart.Chart{
		Title: c.Neuron.Name + ": firing rate against input current",
		Note:  c.parameters(),
		X:     chart.Axis{Label: "input current (nA)", Low: c.from(), High: c.to()},
		Y:     chart.Axis{Label: "firing rate (Hz)", Low: 0, High: c.top()},
	}
	if theory := c.theory(); theory != nil {
		all.Series = c.predictions(theory)
	}
	all.Series = append(all.Series, chart.Series{Style: chart.Dots, Label: "simulated", Note: ", " + readable.Seconds(c.seconds()) + " a point", Points: points})
	return all
}

// predictions returns the rheobase, the rate of the discrete neuron, and that of the continuous equation.
func (c *Curve) predictions(theory neuron.Theory) []chart.Series {
	return []chart.Series{
		{Style: chart.Rule, Label: c.rheobaseLabel(theory), Points: []chart.Point{{X: theory.Rheobase()}}},
		{Style: chart.Steps, Label: fmt.Sprintf("steps of %g ms", readable.Milliseconds(c.DT)), Points: discreteLine(theory, c.from(), c.to())},
		{Style: chart.Line, Label: c.exactLabel(theory), Points: c.exact(theory)},
	}
}

// rheobaseLabel names the rheobase, and says if it is outside the picture.
func (c *Curve) rheobaseLabel(theory neuron.Theory) string {
	r := theory.Rheobase()
	s := fmt.Sprintf("rheobase %s nA", readable.Digits(r, 4))
	if r < c.from() || r > c.to() {
		s += " (outside)"
	}
	return s
}

// exact returns the exact line below the top, nothing if all of it is above.
func (c *Curve) exact(theory neuron.Theory) []chart.Point {
	return exactLine(theory, c.from(), c.to(), c.top())
}

// exactLabel names the exact line, and says if it is outside the picture.
func (c *Curve) exactLabel(theory neuron.Theory) string {
	if len(c.exact(theory)) == 0 {
		return "continuous equation (above)"
	}
	return "continuous equation"
}

// parameters returns the neuron and the sweep in a line, with the symbols of the equation.
func (c *Curve) parameters() string {
	var all []string
	for _, d := range c.Neuron.Model().Params {
		if d.Role != neuron.Noise && d.Role != neuron.Seed && !absent(d, c.Neuron.Params) { // no part of the curves
			all = append(all, d.Symbol+" "+d.Text(d.Of(c.Neuron.Params)))
		}
	}
	return strings.Join(all, ", ") + "; " + readable.Seconds(c.seconds()) + " a point"
}

// absent reports whether a parameter belongs to an adaptation that the neuron does not have.
func absent(d neuron.Param, p neuron.Params) bool {
	lif, ok := p.(neuron.LIF)
	return ok && !lif.Adapts() && d.Role == neuron.Adaptation
}

// exactLine returns the rate of the continuous equation from one current (nA) to another, up to a rate (Hz). Its tangent is vertical
// at the rheobase: the samples are at equal distances along both axes.
func exactLine(p neuron.Theory, from, to, top float64) []chart.Point {
	const n = 400
	var line []chart.Point
	add := func(x, y float64) {
		if x >= from && x <= to && y <= top {
			line = append(line, chart.Point{X: x, Y: y})
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
	slices.SortFunc(line, func(a, b chart.Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	return line
}

// spaced returns n numbers at equal distances, both ends included.
func spaced(from, to float64, n int) []float64 {
	all := make([]float64, n)
	for k := range all {
		all[k] = from + float64((to-from)*float64(k))/float64(n-1)
	}
	all[n-1] = to
	return all
}

// discreteLine returns the corners of the staircase of the discrete neuron's rate, from one current (nA) to another, in 4000 steps.
func discreteLine(p neuron.Theory, from, to float64) []chart.Point {
	var line []chart.Point
	for _, x := range spaced(from, to, 4001) {
		if y := p.DiscreteRate(x); len(line) == 0 || y != line[len(line)-1].Y {
			line = append(line, chart.Point{X: x, Y: y})
		}
	}
	return append(line, chart.Point{X: to, Y: p.DiscreteRate(to)})
}
