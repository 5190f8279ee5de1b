// Package chart draws curves: as SVG, as PNG, and with characters.
package chart

// Chart is a diagram of series over two axes.
type Chart struct {
	Title  string
	Note   string // a line under the title of a picture
	X, Y   Axis
	Series []Series // in the order in which they are drawn
}

// Axis is what an axis measures, and its range.
type Axis struct {
	Label     string
	Low, High float64
}

// Series is one of the things in a chart. Where it has no points it is in the legend alone.
type Series struct {
	Style  Style
	Label  string // in the legend
	Note   string // after it, in the legend of a chart of characters, which has no Note of its own
	Points []Point
}

// Point is a point of a series, in the units of the axes.
type Point struct{ X, Y float64 }

// Style is how a series is drawn.
type Style int

const (
	Rule  Style = iota // a dashed line from the bottom to the top, at each point's X
	Steps              // from each point to the X of the next; too fine for a chart of characters, which leaves them out
	Line
	Dots
)
