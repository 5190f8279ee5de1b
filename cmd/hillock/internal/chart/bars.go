package chart

import (
	"fmt"
	"io"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars is a bar chart: vertical bars from 0, side by side.
type Bars struct {
	Title          string
	Notes          []string // lines under it
	XLabel, YLabel string
	Bars           []Bar
}

// Bar is one of Bars.
type Bar struct {
	Label  string
	Height float64
}

// Picture draws the bars in a format, ".svg" or ".png".
func (b *Bars) Picture(w io.Writer, format string) error {
	words := fmt.Sprintf("Bars of %s over %s. %s", b.YLabel, b.XLabel, strings.Join(b.Notes, ". "))
	return picture(w, format, b.Title, words, b.drawOn)
}

func (b *Bars) drawOn(canvas draw.Canvas) error {
	heights, labels := make(plotter.Values, len(b.Bars)), make(names, len(b.Bars))
	most := 0.0
	for i, bar := range b.Bars {
		heights[i], labels[i] = bar.Height, bar.Label
		most = max(most, bar.Height)
	}
	bars, err := plotter.NewBarChart(heights, 0.8*(canvas.Max.X-canvas.Min.X)/vg.Length(len(heights)+1))
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	bars.Color, bars.LineStyle.Width = blue, 0
	p := plot.New()
	p.Add(bars)
	style(&p.X, Axis{b.XLabel, -0.6, float64(len(heights)) - 0.4})
	style(&p.Y, Axis{b.YLabel, 0, 1.05 * most})
	p.X.Tick.Marker = labels
	p.X.Tick.Label.Font.Size = 8

	title, note := textStyle(14), textStyle(9.5)
	title.Font.Weight = xfont.WeightBold
	at := canvas.Max.Y
	for i, text := range append([]string{b.Title}, b.Notes...) {
		line := note
		if i == 0 {
			line = title
		}
		at -= line.FontExtents().Ascent
		canvas.FillText(line, vg.Point{X: canvas.Min.X, Y: at}, text)
		at -= line.FontExtents().Descent + 3
	}
	p.Draw(draw.Crop(canvas, 0, 0, 0, at-8-canvas.Max.Y))
	return nil
}

// names are the labels of an axis of categories.
type names []string

func (n names) Ticks(_, _ float64) []plot.Tick {
	all := make([]plot.Tick, len(n))
	for i, label := range n {
		all[i] = plot.Tick{Value: float64(i), Label: label}
	}
	return all
}
