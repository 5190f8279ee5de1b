package main

import (
	"fmt"
	"strings"

	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/readable"
)

// bars is the histogram of lateness, with the figures that it is read with.
func (r *benchResult) bars(where string) *chart.Bars {
	b := &chart.Bars{
		Title: fmt.Sprintf("lateness of %d ticks of %s", r.TicksRun, readable.Micros(r.TickUs)),
		Notes: []string{
			where,
			strings.Join(r.Realtime, ", "),
			fmt.Sprintf("%s; a plain time.Ticker delivered %d of %d", r.Late, r.NaiveTicksRun, r.naiveDue),
		},
		XLabel: "lateness of a tick, up to", YLabel: "ticks (%)",
	}
	for _, row := range lateRows(r.late) {
		b.Bars = append(b.Bars, chart.Bar{Label: strings.TrimPrefix(row.label, "to "), Height: 100 * row.part})
	}
	return b
}
