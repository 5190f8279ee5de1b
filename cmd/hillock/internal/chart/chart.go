// Package chart draws curves: as SVG, as PNG, and with characters.
package chart

// Chart is a diagram of series over two axes.
type Chart struct {
	Title  string
	Note   string // a line under the title of a picture
	X, Y   Axis
	Series []Series // in drawing order
}

// Axis is an axis with its label and range.
type Axis struct {
	Label     string
	Low, High float64
}

// Series is a curve of a chart. Without points it is in the legend alone.
type Series struct {
	Style  Style
	Label  string // in the legend
	Note   string // after the label, in the legend of a chart of characters
	Points []Point
}

// Point is a point of a series, in the units of the axes.
type Point struct{ X, Y float64 }

// Style is the look of a series.
type Style int

const (
	Rule  Style = iota // a dashed line from the bottom to the top, at each point's X
	Steps              // from each point to the X of the next; too fine for a chart of characters
	Line
	Dots
)
