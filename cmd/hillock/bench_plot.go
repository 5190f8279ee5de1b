package main

import (
	"fmt"
	"image/color"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hillock/cmd/hillock/internal/readable"
)

// plotOn draws the histogram of lateness, with the figures that it is read with.
func (r *benchResult) plotOn(canvas draw.Canvas, where string) error {
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	canvas = draw.Crop(canvas, 10, -18, 8, -10)

	rows := lateRows(r.late)
	parts, labels := make(plotter.Values, len(rows)), make([]string, len(rows))
	most := 0.0
	for i, row := range rows {
		parts[i], labels[i] = 100*row.part, strings.TrimPrefix(row.label, "to ")
		most = max(most, parts[i])
	}
	bars, err := plotter.NewBarChart(parts, 0.8*(canvas.Max.X-canvas.Min.X)/vg.Length(len(rows)+1))
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	bars.Color, bars.LineStyle.Width = okabeBlue, 0
	p := plot.New()
	p.Add(bars)
	style(&p.X, "lateness of a tick, up to", -0.6, float64(len(rows))-0.4)
	style(&p.Y, "ticks (%)", 0, 1.05*most)
	p.X.Tick.Marker = names(labels)
	p.X.Tick.Label.Font.Size = 8

	title := textStyle(14)
	title.Font.Weight = xfont.WeightBold
	at := canvas.Max.Y
	for i, text := range []string{
		fmt.Sprintf("lateness of %d ticks of %s", r.TicksRun, readable.Micros(r.TickUs)),
		where,
		strings.Join(r.Realtime, ", "),
		fmt.Sprintf("%s; a plain time.Ticker delivered %d of %d", r.Late, r.NaiveTicksRun, r.naiveDue),
	} {
		line := textStyle(9.5)
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

// names are the labels of an axis that counts things.
type names []string

func (n names) Ticks(_, _ float64) []plot.Tick {
	all := make([]plot.Tick, len(n))
	for i, label := range n {
		all[i] = plot.Tick{Value: float64(i), Label: label}
	}
	return all
}
